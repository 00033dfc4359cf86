/* app/memory_words.h - the words of `supercargo memory`.
 *
 * Purpose:   as app/say.h, for this command alone.
 * Thread:    any.
 */
#pragma once

#define SC_MEMORY_TABLE(X)                                                            \
    X(REMEMBERED, "Remembered", "已记住", "記憶しました")                             \
    X(KNOWN, "Known already", "已经记住过", "すでに記憶しています")                   \
    X(CORRECTED, "Corrected", "已更正", "訂正しました")                               \
    X(FORGOTTEN, "Forgotten", "已忘记", "忘れました")                                 \
    X(NOTHING_KNOWN, "Nothing is known of that.", "没有这方面的记忆。",               \
            "それについての記憶はありません。")                                       \
    X(CONTRADICTS, "is contradicted by", "与此矛盾", "これと矛盾")                    \
    X(TO_SETTLE, "To settle it:", "更正方法:", "訂正するには:")                       \
    X(STILL_HELD, "Still held by", "以下仍保留其内容", "内容がまだ残っている場所")    \
    X(AN_EXPORT, "an export of", "导出于", "エクスポート")                            \
    X(A_DOCUMENT, "document", "文档", "文書")                                         \
    X(A_FACT, "fact", "事实", "事実")                                                 \
    X(PIECES, "pieces", "段", "個の断片")                                             \
    X(REPLACED, "in place of", "替换了", "置き換え")                                  \
    X(UNTRUSTED, "untrusted", "不可信", "未検証")                                     \
    X(SINCE, "since", "自", "開始")                                                   \
    X(UNTIL, "until", "至", "終了")                                                   \
    X(ONLY_FOR, "only for", "仅供", "専用:")                                          \
    X(WAS, "was", "原为", "以前は")                                                   \
    X(WAS_CORRECTED_BY, "was corrected; in its place stands", "已更正为",             \
            "訂正済み。現在は")                                                       \
    X(TASK, "task", "任务", "タスク")                                                 \
    X(BY_WORDS_ALONE,                                                                 \
            "Found by words alone: ", "仅按词语查找:", "語句だけで検索しました:")     \
    X(NOT_YET_BY_MEANING, "Not yet found by its meaning (supercargo memory embed): ", \
            "尚不能按含义查找(supercargo memory embed):",                             \
            "まだ意味では検索できません(supercargo memory embed):")                   \
    X(VECTORS_MADE, "Vectors made", "已生成向量", "作成したベクトル")

enum sc_memory_say {
#define X(name, en, zh, ja) SC_MEMORY_SAY_##name,
    SC_MEMORY_TABLE(X)
#undef X
};

/* Never NULL. A language that is not in the table gets English. */
const char *sc_memory_say(const char *language, enum sc_memory_say what);
