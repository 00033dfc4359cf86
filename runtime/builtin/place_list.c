#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "builtin/place.h"

enum { MAX_FILES = 10000, MAX_DEPTH = 8 };

struct listing {
    sc_place_file_fn *each;
    void *arg;
    bool input;
    size_t count;
    bool cut;
};

static void tell(
        struct listing *to, const char *name, const char *path, const struct stat *info)
{
    struct sc_place_file file = { .name = name, .path = path, .input = to->input };

    if (!S_ISREG(info->st_mode))
        return;
    if (to->count == MAX_FILES) {
        to->cut = true;
        return;
    }
    to->count++;
    file.bytes = info->st_size;
    file.modified_ms =
            (long long)info->st_mtim.tv_sec * 1000 + info->st_mtim.tv_nsec / 1000000;
    to->each(to->arg, &file);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void list_folder(
        struct listing *to, int folder, const char *root, const char *below, int depth);

static void list_entry(struct listing *to, int folder, const char *root,
        const char *below, const char *entry, int depth)
{
    char *name = *below ? sc_strdupf("%s/%s", below, entry) : sc_strdup(entry);
    char *path = sc_strdupf("%s/%s", root, name);
    struct stat info;

    if (fstatat(folder, entry, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        if (S_ISDIR(info.st_mode) && depth < MAX_DEPTH) {
            int next = openat(
                    folder, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

            list_folder(to, next, root, name, depth + 1);
        } else {
            tell(to, name, path, &info);
        }
    }
    free(path);
    free(name);
}

/* Closes folder. */
static void list_folder(
        struct listing *to, int folder, const char *root, const char *below, int depth)
{
    struct dirent **entries = NULL;
    int n = folder < 0 ? -1 : scandirat(folder, ".", &entries, visible, alphasort);

    for (int i = 0; i < n; i++) {
        if (!to->cut)
            list_entry(to, folder, root, below, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    if (folder >= 0)
        close(folder);
}

static void list_path(struct listing *to, const char *path)
{
    struct stat info;
    const char *slash = strrchr(path, '/');

    if (stat(path, &info) < 0)
        return;
    if (S_ISDIR(info.st_mode))
        list_folder(to, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, "", 0);
    else
        tell(to, slash ? slash + 1 : path, path, &info);
}

bool sc_place_list(const struct sc_tool_context *context, bool inputs, bool outputs,
        sc_place_file_fn *each, void *arg)
{
    struct listing to = { .each = each, .arg = arg, .input = true };

    if (inputs) {
        SC_JSON_EACH(file, context->files)
        {
            list_path(&to, sc_json_string(file));
        }
    }
    to.input = false;
    if (outputs && context->out_dir)
        list_path(&to, context->out_dir);
    return !to.cut;
}
