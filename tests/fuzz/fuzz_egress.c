/* fuzz: net */
/* Lines of input are a URL, a host entry, a header's name and value. Whatever they are:
 * a line break never gets into the request, and a host that is let through is one that
 * the entry spells out. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "net/egress.h"
#include "net/http_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_head(const char *name, const char *value)
{
    struct sc_http_header header = { name, value };
    struct sc_http_spec spec = { .headers = &header, .header_count = 1 };
    struct sc_http_head head = { 0 };

    if (sc_http_head_set(&head, &spec, true, NULL) == SC_OK)
        for (const struct curl_slist *node = head.list; node; node = node->next)
            SC_ASSERT(!strpbrk(node->data, "\r\n"));
    sc_http_head_strip(&head);
    sc_http_head_strip_body(&head);
    sc_http_head_release(&head);
}

/* Ends in what the entry says, "*." and brackets aside. */
static void check_match(const char *host, const char *entry)
{
    const char *name = entry + strspn(entry, "*[");
    size_t len = strlen(host);

    if (strchr(host, ':') || strspn(host, "0123456789.") == len)
        return; /* addresses may be written in several ways */
    SC_ASSERT(len >= strcspn(name, ":]"));
    SC_ASSERT(strncasecmp(host + len - strcspn(name, ":]"), name, strcspn(name, ":]")) ==
              0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = sc_strndup((const char *)data, size), *rest = text;
    char empty[] = "", *part[4];
    struct sc_http_target target = { 0 };

    for (int i = 0; i < 4; i++) {
        part[i] = rest ? strsep(&rest, "\n") : NULL;
        if (!part[i])
            part[i] = empty;
    }
    if (sc_http_target_set(&target, part[0], NULL) == SC_OK) {
        const char *entry = part[1];
        struct sc_egress egress = { &entry, 1 };

        SC_ASSERT(*target.host);
        if (sc_egress_check_host(&egress, target.https, target.host, target.port, NULL) ==
                SC_OK)
            check_match(target.host, entry);
    }
    check_head(part[2], part[3]);
    (void)!sc_egress_check_ip(&(struct sc_egress){ 0 }, part[0], NULL);
    sc_http_target_release(&target);
    free(text);
    return 0;
}
