#include "app/secrets.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/folders.h"
#include "base/mem.h"
#include "loop/file.h"

enum {
    NAME_MAX_LEN = 64,
    VALUE_MAX = 64 * 1024,
    NONCE = crypto_secretbox_NONCEBYTES,
    MAC = crypto_secretbox_MACBYTES,
    KEY = crypto_secretbox_KEYBYTES
};

static enum sc_code check_name(const char *name, struct sc_error *err)
{
    size_t len = strlen(name);
    bool good = len > 0 && len <= NAME_MAX_LEN && islower((unsigned char)name[0]);

    for (size_t i = 0; good && i < len; i++)
        good = islower((unsigned char)name[i]) || isdigit((unsigned char)name[i]) ||
               name[i] == '_' || name[i] == '-';
    if (good)
        return SC_OK;
    return sc_fail(err, SC_INVALID,
            "'%.40s' is no name of a secret: use small letters, digits, - and _, at most "
            "64",
            name);
}

static char *path_of(const char *data_folder, const char *name)
{
    return sc_strdupf("%s/secrets/%s", data_folder, name);
}

/* Reads the key; makes it when told to and there is none. */
static enum sc_code load_key(const char *data_folder, bool make,
        unsigned char ret_key[KEY], struct sc_error *err)
{
    char *path = path_of(data_folder, ".key");
    struct sc_buf text;
    enum sc_code code;

    sc_buf_init(&text);
    code = sc_file_read(path, KEY + 1, &text, err);
    if (code == SC_NOT_FOUND && make) {
        crypto_secretbox_keygen(ret_key);
        code = sc_file_write(path, ret_key, KEY, 0600, err);
    } else if (!code && text.len != KEY) {
        code = sc_fail(err, SC_DENIED, "the key file '%s' has been damaged", path);
    } else if (!code) {
        memcpy(ret_key, text.data, KEY);
    }
    if (text.data)
        sodium_memzero(text.data, text.len);
    sc_buf_release(&text);
    free(path);
    return code;
}

static enum sc_code make_folder(const char *data_folder, struct sc_error *err)
{
    char *folder = sc_strdupf("%s/secrets", data_folder);
    enum sc_code code = sc_folder_make(folder, err);

    if (!code && chmod(folder, 0700) != 0)
        code = sc_fail(
                err, SC_STORAGE, "cannot protect '%s': %s", folder, strerror(errno));
    free(folder);
    return code;
}

enum sc_code sc_secret_set(const char *data_folder, const char *name, const char *value,
        struct sc_error *err)
{
    size_t len = strlen(value);
    unsigned char key[KEY], *sealed;
    char *path;
    enum sc_code code;

    if (check_name(name, err))
        return err->code;
    if (len == 0 || len > VALUE_MAX)
        return sc_fail(err, SC_INVALID, "the value of a secret has 1 to 65536 bytes");
    if (sodium_init() < 0)
        return sc_fail(err, SC_INTERNAL, "libsodium cannot be used here");
    if (make_folder(data_folder, err) || load_key(data_folder, true, key, err))
        return err->code;
    sealed = sc_zalloc(NONCE + MAC + len);
    randombytes_buf(sealed, NONCE);
    crypto_secretbox_easy(sealed + NONCE, (const unsigned char *)value, len, sealed, key);
    sodium_memzero(key, sizeof(key));
    path = path_of(data_folder, name);
    code = sc_file_write(path, sealed, NONCE + MAC + len, 0600, err);
    free(path);
    free(sealed);
    return code;
}

char *sc_secret_get(const char *data_folder, const char *name, struct sc_error *err)
{
    unsigned char key[KEY];
    struct sc_buf sealed;
    char *path, *value = NULL;

    if (check_name(name, err))
        return NULL;
    path = path_of(data_folder, name);
    sc_buf_init(&sealed);
    if (sc_file_read(path, NONCE + MAC + VALUE_MAX, &sealed, err)) {
        if (err->code == SC_NOT_FOUND)
            sc_fail(err, SC_NOT_FOUND,
                    "there is no secret '%s': set it with supercargo secret set %s", name,
                    name);
    } else if (load_key(data_folder, false, key, err) == SC_OK) {
        value = sealed.len > NONCE + MAC ? sc_zalloc(sealed.len - NONCE - MAC + 1) : NULL;
        if (!value || crypto_secretbox_open_easy((unsigned char *)value,
                              (unsigned char *)sealed.data + NONCE, sealed.len - NONCE,
                              (unsigned char *)sealed.data, key) != 0) {
            free(value);
            value = NULL;
            sc_fail(err, SC_DENIED,
                    "the secret '%s' cannot be opened with the key of this data folder: "
                    "set "
                    "it again",
                    name);
        }
        sodium_memzero(key, sizeof(key));
    }
    sc_buf_release(&sealed);
    free(path);
    return value;
}

void sc_secret_release(char *value)
{
    if (value)
        sodium_memzero(value, strlen(value));
    free(value);
}

enum sc_code sc_secret_remove(
        const char *data_folder, const char *name, struct sc_error *err)
{
    char *path;
    enum sc_code code = SC_OK;

    if (check_name(name, err))
        return err->code;
    path = path_of(data_folder, name);
    if (unlink(path) != 0)
        code = errno == ENOENT
                       ? sc_fail(err, SC_NOT_FOUND, "there is no secret '%s'", name)
                       : sc_fail(err, SC_STORAGE, "cannot remove '%s': %s", path,
                                 strerror(errno));
    free(path);
    return code;
}

struct sc_json *sc_secret_names(const char *data_folder)
{
    char *folder = sc_strdupf("%s/secrets", data_folder);
    struct sc_json *names = sc_json_new_array();
    size_t count;
    char **list = sc_folder_list(folder, &count); /* the key's name starts with a dot */

    for (size_t i = 0; i < count; i++)
        sc_json_append(names, sc_json_new_string(list[i]));
    sc_folder_list_free(list, count);
    free(folder);
    return names;
}
