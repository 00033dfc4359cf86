#include "fakes/embedder.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"

enum { PART = 4096, GRAM = 3, PLACES = 4 };

/* What a meaning counts beside one piece of letters. */
static const double meaning_weight = 3, piece_weight = 0.15;

bool embedder_init(struct embedder *embedder, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t n = 1;

    *embedder = (struct embedder){ 0 };
    while (file && n > 0) {
        n = fread(sc_buf_reserve(&embedder->lexicon, PART), 1, PART, file);
        embedder->lexicon.len += n;
    }
    if (file)
        fclose(file);
    return embedder->lexicon.len > 0;
}

void embedder_release(struct embedder *embedder)
{
    sc_buf_release(&embedder->lexicon);
}

static uint64_t hash(const char *text, size_t len)
{
    uint64_t value = 14695981039346656037U;

    for (size_t i = 0; i < len; i++)
        value = (value ^ (unsigned char)text[i]) * 1099511628211U;
    return value ^ (value >> 29);
}

/* Spread over a few places, up or down, so that two things seldom look alike. */
static void add(double *values, const char *thing, size_t len, double weight)
{
    uint64_t h = hash(thing, len);

    for (int i = 0; i < PLACES; i++, h = h * 6364136223846793005U + 1442695040888963407U)
        values[(h >> 40) % EMBEDDER_DIMS] += (h >> 20) & 1 ? weight : -weight;
}

static bool has_word(const char *text, const char *line, size_t len)
{
    while (len) {
        const char *bar = memchr(line, '|', len);
        size_t word = bar ? (size_t)(bar - line) : len;

        if (word && memmem(text, strlen(text), line, word))
            return true;
        word += bar != NULL;
        line += word;
        len -= word;
    }
    return false;
}

static void add_meanings(
        const struct embedder *embedder, const char *text, double *values)
{
    const char *line = embedder->lexicon.data;
    const char *end = line + embedder->lexicon.len, *newline;

    for (; line < end && (newline = memchr(line, '\n', (size_t)(end - line)));
            line = newline + 1)
        if (has_word(text, line, (size_t)(newline - line)))
            add(values, line, (size_t)(newline - line), meaning_weight);
}

static void embed(const struct embedder *embedder, const char *given, double *values)
{
    char *text = sc_strdup(given);
    size_t len = strlen(text);

    for (char *c = text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    add_meanings(embedder, text, values);
    for (size_t i = 0; i + GRAM <= len; i++)
        add(values, text + i, GRAM, piece_weight);
    free(text);
}

void embedder_answer(const struct embedder *embedder, struct peer_request *request)
{
    struct sc_json *body = sc_json_parse(request->body, request->body_len, NULL, NULL);
    struct sc_buf out = { 0 };
    const char *before = "";

    sc_buf_adds(&out, "{\"object\":\"list\",\"model\":\"stand-in\",\"data\":[");
    SC_JSON_EACH(text, sc_json_get(body, "input"))
    {
        double values[EMBEDDER_DIMS] = { 0 };

        embed(embedder, sc_json_string(text), values);
        sc_buf_addf(&out, "%s{\"embedding\":[", before);
        for (int i = 0; i < EMBEDDER_DIMS; i++)
            sc_buf_addf(&out, i ? ",%.4f" : "%.4f", values[i]);
        sc_buf_adds(&out, "]}");
        before = ",";
    }
    sc_buf_adds(&out, "],\"usage\":{\"prompt_tokens\":10,\"total_tokens\":10}}");
    peer_reply(request, 200, "Content-Type: application/json\r\n", out.data, out.len);
    sc_buf_release(&out);
    sc_json_free(body);
}
