#include "app/file_hash.h"

#include <sodium.h>
#include <stdio.h>

enum { MOST = 64 << 20, PIECE = 64 << 10 };

static int64_t hash_all(FILE *file, char ret_hex[2 * crypto_hash_sha256_BYTES + 1])
{
    unsigned char piece[PIECE], hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    int64_t bytes = 0;
    size_t n;

    crypto_hash_sha256_init(&state);
    while (bytes <= MOST && (n = fread(piece, 1, sizeof(piece), file)) > 0) {
        crypto_hash_sha256_update(&state, piece, n);
        bytes += (int64_t)n;
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(ret_hex, 2 * sizeof(hash) + 1, hash, sizeof(hash));
    return bytes;
}

struct sc_json *sc_file_hash(const char *path)
{
    struct sc_json *json = sc_json_new_object();
    char hex[2 * crypto_hash_sha256_BYTES + 1];
    FILE *file = fopen(path, "rbe");
    int64_t bytes;

    sc_json_set_string(json, "path", path);
    if (!file)
        return json;
    bytes = hash_all(file, hex);
    if (bytes <= MOST)
        sc_json_set_string(json, "hash", hex);
    else if (fseek(file, 0, SEEK_END) == 0)
        bytes = ftell(file);
    sc_json_set_int(json, "bytes", bytes);
    fclose(file);
    return json;
}
