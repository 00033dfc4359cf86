#include "fakes/failing_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"

struct failing_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct, in the same memory */
};

static sqlite3_vfs shim;
static sqlite3_vfs *real_vfs;
static atomic_int armed_fault = -1;
static atomic_llong left, fired;
static atomic_bool again;

static bool fails(enum sc_vfs_fault fault)
{
    long long before;

    if (atomic_load(&armed_fault) != (int)fault)
        return false;
    before = atomic_fetch_sub(&left, 1);
    if (before > 1 || (before < 1 && !atomic_load(&again)))
        return false;
    atomic_fetch_add(&fired, 1);
    return true;
}

void sc_failing_vfs_arm(enum sc_vfs_fault fault, int64_t nth, bool forever)
{
    sc_failing_vfs_disarm();
    atomic_store(&left, nth);
    atomic_store(&fired, 0);
    atomic_store(&again, forever);
    atomic_store(&armed_fault, (int)fault);
}

void sc_failing_vfs_disarm(void)
{
    atomic_store(&armed_fault, -1);
}

int64_t sc_failing_vfs_fired(void)
{
    return atomic_load(&fired);
}

/* --- a file --- */

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct failing_file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), bytes, count, at);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at)
{
    if (fails(SC_VFS_WRITE))
        return SQLITE_IOERR_WRITE;
    if (fails(SC_VFS_FULL))
        return SQLITE_FULL;
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, count, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

/* Nothing is made durable: no test cuts the power, and hundreds of histories are run. */
static int file_sync(sqlite3_file *file, int flags)
{
    (void)file, (void)flags;
    return fails(SC_VFS_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_lock(sqlite3_file *file, int *ret_locked)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_locked);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int file_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(
        sqlite3_file *file, int page, int size, int extend, void volatile **ret_memory)
{
    return real_of(file)->pMethods->xShmMap(
            real_of(file), page, size, extend, ret_memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int drop)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), drop);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int vfs_open(
        sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    struct failing_file *failing = (struct failing_file *)file;
    int result;

    (void)vfs;
    failing->base.pMethods = NULL;
    if (fails(SC_VFS_OPEN))
        return SQLITE_CANTOPEN;
    failing->real = (sqlite3_file *)(failing + 1);
    result = real_vfs->xOpen(real_vfs, name, failing->real, flags, ret_flags);
    if (failing->real->pMethods)
        failing->base.pMethods = &methods;
    return result;
}

void sc_failing_vfs_install(void)
{
    int result;

    if (real_vfs)
        return;
    real_vfs = sqlite3_vfs_find(NULL);
    SC_ASSERT(real_vfs != NULL);
    shim = *real_vfs;
    shim.pNext = NULL;
    shim.zName = "failing";
    shim.szOsFile = (int)sizeof(struct failing_file) + real_vfs->szOsFile;
    shim.xOpen = vfs_open;
    result = sqlite3_vfs_register(&shim, 1);
    SC_ASSERT(result == SQLITE_OK);
}
