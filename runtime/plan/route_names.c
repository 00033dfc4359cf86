#include "plan/route_names.h"

#include <string.h>

struct name {
    enum sc_slot_type type;
    const char *value;
    const char *names; /* each ends with | */
};

static const struct name names[] = {
    { SC_SLOT_MARKET, "DE", "germany|german|deutschland|德国|德國|ドイツ|" },
    { SC_SLOT_MARKET, "FR", "france|french|法国|法國|フランス|" },
    { SC_SLOT_MARKET, "IT", "italy|italian|意大利|イタリア|" },
    { SC_SLOT_MARKET, "ES", "spain|spanish|西班牙|スペイン|" },
    { SC_SLOT_MARKET, "GB",
            "united kingdom|great "
            "britain|britain|british|uk|england|英国|英國|イギリス|" },
    { SC_SLOT_MARKET, "US",
            "united states|usa|america|american|美国|美國|アメリカ|米国|" },
    { SC_SLOT_MARKET, "JP", "japan|japanese|日本|" },
    { SC_SLOT_MARKET, "CA", "canada|canadian|加拿大|カナダ|" },
    { SC_SLOT_MARKET, "AU", "australia|australian|澳大利亚|澳洲|オーストラリア|豪州|" },
    { SC_SLOT_MARKET, "MX", "mexico|mexican|墨西哥|メキシコ|" },
    { SC_SLOT_MARKET, "BR", "brazil|brazilian|巴西|ブラジル|" },
    { SC_SLOT_MARKET, "AE",
            "united arab emirates|emirates|uae|阿联酋|アラブ首長国連邦|" },
    { SC_SLOT_MARKET, "SG", "singapore|新加坡|シンガポール|" },
    { SC_SLOT_MARKET, "NL", "netherlands|dutch|荷兰|オランダ|" },
    { SC_SLOT_MARKET, "SE", "sweden|swedish|瑞典|スウェーデン|" },
    { SC_SLOT_MARKET, "PL", "poland|波兰|ポーランド|" },
    { SC_SLOT_MARKET, "CH", "switzerland|swiss|瑞士|スイス|" },
    { SC_SLOT_MARKET, "KR", "south korea|korea|korean|韩国|韓国|" },
    { SC_SLOT_CURRENCY, "USD",
            "us dollars|us dollar|dollars|dollar|美元|美金|米ドル|ドル|" },
    { SC_SLOT_CURRENCY, "EUR", "euros|euro|欧元|ユーロ|" },
    { SC_SLOT_CURRENCY, "CNY",
            "renminbi|rmb|yuan|chinese yuan|人民币|人民元|元|块钱|块|" },
    { SC_SLOT_CURRENCY, "JPY", "japanese yen|yen|日元|日圆|日本円|円|" },
    { SC_SLOT_CURRENCY, "GBP",
            "pounds sterling|british pounds|pounds|pound|英镑|英ポンド|ポンド|" },
    { SC_SLOT_CURRENCY, "CAD", "canadian dollars|加元|カナダドル|" },
    { SC_SLOT_CURRENCY, "AUD", "australian dollars|澳元|豪ドル|" },
    { SC_SLOT_CURRENCY, "MXN", "mexican pesos|比索|メキシコペソ|" },
    { SC_SLOT_CURRENCY, "BRL", "brazilian reais|reais|雷亚尔|レアル|" },
    { SC_SLOT_CURRENCY, "SGD", "singapore dollars|新元|シンガポールドル|" },
    { SC_SLOT_CURRENCY, "CHF", "swiss francs|瑞士法郎|スイスフラン|" },
    { SC_SLOT_CURRENCY, "KRW", "korean won|韩元|ウォン|" },
    { SC_SLOT_CURRENCY, "HKD", "hong kong dollars|港币|港元|香港ドル|" },
    { SC_SLOT_CURRENCY, "SEK", "swedish kronor|瑞典克朗|" },
    { SC_SLOT_CURRENCY, "PLN", "polish zloty|zloty|兹罗提|" },
    { SC_SLOT_CURRENCY, "AED", "dirhams|dirham|迪拉姆|ディルハム|" },
    { SC_SLOT_CURRENCY, "SAR", "saudi riyals|沙特里亚尔|サウジリヤル|" },
    { SC_SLOT_CURRENCY, "QAR", "qatari riyals|卡塔尔里亚尔|カタールリヤル|" },
    { SC_SLOT_CURRENCY, "CZK", "czech koruna|捷克克朗|チェココルナ|" },
    { SC_SLOT_CURRENCY, "DKK", "danish kroner|丹麦克朗|デンマーククローネ|" },
    { SC_SLOT_CURRENCY, "HUF", "hungarian forint|forint|匈牙利福林|フォリント|" },
    { SC_SLOT_CURRENCY, "IDR", "indonesian rupiah|rupiah|印尼盾|ルピア|" },
    { SC_SLOT_CURRENCY, "ILS", "israeli shekels|shekels|以色列谢克尔|シェケル|" },
    { SC_SLOT_CURRENCY, "INR", "indian rupees|印度卢比|インドルピー|" },
    { SC_SLOT_CURRENCY, "ISK", "icelandic kronur|冰岛克朗|アイスランドクローナ|" },
    { SC_SLOT_CURRENCY, "MYR",
            "malaysian ringgit|ringgit|马来西亚林吉特|令吉|リンギット|" },
    { SC_SLOT_CURRENCY, "NOK", "norwegian kroner|挪威克朗|ノルウェークローネ|" },
    { SC_SLOT_CURRENCY, "NZD",
            "new zealand dollars|新西兰元|纽元|ニュージーランドドル|" },
    { SC_SLOT_CURRENCY, "PHP", "philippine pesos|菲律宾比索|フィリピンペソ|" },
    { SC_SLOT_CURRENCY, "RON", "romanian lei|罗马尼亚列伊|ルーマニアレイ|" },
    { SC_SLOT_CURRENCY, "THB", "thai baht|baht|泰铢|バーツ|" },
    { SC_SLOT_CURRENCY, "TRY", "turkish lira|土耳其里拉|トルコリラ|" },
    { SC_SLOT_CURRENCY, "ZAR", "south african rand|南非兰特|南アフリカランド|" },
};

static const char *const fillers[] = { "please", "can", "could", "would", "you", "i",
    "me", "my", "our", "us", "we", "need", "needs", "want", "wants", "like", "to", "for",
    "of", "in", "on", "at", "with", "from", "by", "and", "is", "are", "it", "its", "that",
    "this", "these", "those", "have", "has", "be", "will", "should", "now", "give",
    "show", "make", "get", "do", "all", "s", "so", "then", "also", "as", "into", "up",
    "out", "let", "just", "which", "what", "using", "use", "file", "d", "ll", "thanks",
    "thank", "hello", "hi" };

/* Longest first where one begins another. */
static const char *const cjk_fillers[] = { "してください", "をお願いします",
    "お願いします", "お願い", "ください", "下さい", "ほしい", "欲しい", "したい",
    "します", "して", "する", "帮我", "请帮我", "请", "麻烦", "一下", "给我", "我们",
    "我", "你", "把", "给", "按照", "按", "的", "了", "和", "与", "及", "以", "用", "吧",
    "想", "需要", "要", "并且", "并", "然后", "再", "在", "这个", "这份", "这", "那",
    "里", "中", "所有", "全部", "都", "哪些", "什么", "には", "では", "での", "から",
    "まで", "です", "ます", "この", "その", "その他", "を", "は", "が", "に", "へ", "と",
    "で", "の", "も", "や", "て", "し", "用に", "向けに", "向け", "対して", "成", "为",
    "到", "对", "出", "出来", "文件", "谢谢", "您好", "你好", "ありがとうございます",
    "ありがとう" };

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Length of the name at text, when text starts with it as a whole word. */
static size_t starts(const char *text, const char *name, size_t len)
{
    if (strncmp(text, name, len) != 0)
        return 0;
    return is_word_byte(name[len - 1]) && is_word_byte(text[len]) ? 0 : len;
}

static size_t longest_of(const char *text, const char *list)
{
    size_t best = 0;

    for (const char *end; *list; list = end + (*end == '|')) {
        size_t got;

        end = strchrnul(list, '|');
        if (*list != *text) /* of some thousand looks at a phrase, nearly all */
            continue;
        got = starts(text, list, (size_t)(end - list));
        if (got > best)
            best = got;
    }
    return best;
}

size_t sc_route_name(
        const char *text, enum sc_slot_type *ret_type, const char **ret_value)
{
    size_t best = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t len = longest_of(text, names[i].names);

        if (len > best) {
            best = len;
            *ret_type = names[i].type;
            *ret_value = names[i].value;
        }
    }
    return best;
}

bool sc_route_code(
        const char *code, size_t len, enum sc_slot_type *ret_type, const char **ret_value)
{
    if (len == 2 && strncmp(code, "UK", 2) == 0)
        code = "GB";
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strlen(names[i].value) == len && strncmp(names[i].value, code, len) == 0) {
            *ret_type = names[i].type;
            *ret_value = names[i].value;
            return true;
        }
    }
    return false;
}

bool sc_route_filler(const char *word)
{
    for (size_t i = 0; i < sizeof(fillers) / sizeof(*fillers); i++)
        if (strcmp(fillers[i], word) == 0)
            return true;
    return false;
}

bool sc_route_article(const char *word)
{
    return strcmp(word, "a") == 0 || strcmp(word, "an") == 0 || strcmp(word, "the") == 0;
}

size_t sc_route_cjk_filler(const char *text)
{
    size_t best = 0;

    if (is_ascii(*text))
        return 0;
    for (size_t i = 0; i < sizeof(cjk_fillers) / sizeof(*cjk_fillers); i++) {
        size_t len;

        if (text[1] != cjk_fillers[i][1]) /* nearly all; the first byte tells little */
            continue;
        len = strlen(cjk_fillers[i]);
        if (len > best && strncmp(text, cjk_fillers[i], len) == 0)
            best = len;
    }
    return best;
}

bool sc_route_joins(const char *word)
{
    static const char *const joins[] = { "and", "和", "与", "及", "と", "や" };

    for (size_t i = 0; i < sizeof(joins) / sizeof(*joins); i++)
        if (strcmp(joins[i], word) == 0)
            return true;
    return false;
}

bool sc_route_negates(const char *word)
{
    static const char *const words[] = { "no", "not", "never", "without", "except",
        "excluding", "unless", "don", "dont", "doesn", "won", "cannot", "cancel", "stop",
        "undo", "instead" };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

bool sc_route_cjk_negates(const char *text)
{
    static const char *const words[] = { "不", "别", "別", "勿", "没", "未", "非", "无",
        "無", "除", "以外", "之外", "取消", "停止", "禁", "ない", "なく", "ません",
        "ずに", "やめ" };

    if (is_ascii(*text))
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

const char *sc_route_synonym(const char *word)
{
    static const char *const words[] = { "item", "items", "goods", "articles" };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(words[i], word) == 0)
            return "product";
    return NULL;
}

size_t sc_route_cjk_synonym(const char *text)
{
    static const char *const words[] = { "产品", "產品", "货品", "製品" };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return 0;
}
