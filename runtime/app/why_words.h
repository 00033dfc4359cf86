/* app/why_words.h - the words of `supercargo why` and `supercargo replay`.
 *
 * Purpose:   as app/say.h, for these two commands alone.
 * Thread:    any.
 */
#pragma once

#define SC_WHY_TABLE(X)                                                                  \
    X(ASKED, "Asked", "提出", "依頼")                                                    \
    X(ROUTED, "Routed", "选路", "振り分け")                                              \
    X(BY_ROUTINE, "the words fit a routine", "原话与例程相符", "言葉がルーチンに一致")   \
    X(BY_PERSON, "the routine was named", "指定了例程", "ルーチンを指定")                \
    X(BY_PLAN, "the plan was given", "给定了计划", "計画を指定")                         \
    X(BY_MODEL, "no routine fits all of the words: a model planned",                     \
            "没有例程完全相符,由模型制定计划", "一致するルーチンがなく、モデルが計画")   \
    X(NEAREST, "nearest", "最接近", "最も近い")                                          \
    X(RECALLED, "Recalled", "回忆", "記憶")                                              \
    X(AGENT, "Agent", "代理", "エージェント")                                            \
    X(TOOLS, "Tools", "工具", "ツール")                                                  \
    X(PROGRAM, "Program", "程序", "プログラム")                                          \
    X(CHANGED, "changed since, now", "此后已更改,现为", "その後変更、現在")              \
    X(GONE, "gone since", "已不存在", "現在はなし")                                      \
    X(REQUESTS, "Requests to models", "模型请求", "モデルへの依頼")                      \
    X(SENT, "sent", "发送", "送信")                                                      \
    X(EARLY, "Read while the plan was written", "制定计划时已读取",                      \
            "計画の作成中に読み取り")                                                    \
    X(UNUSED, "not used", "未使用", "未使用")                                            \
    X(STEPS, "Steps", "步骤", "手順")                                                    \
    X(APPROVALS, "Answers of people", "人工答复", "人の回答")                            \
    X(APPROVED, "approved", "批准", "承認")                                              \
    X(REFUSED, "refused", "拒绝", "拒否")                                                \
    X(RECEIPTS, "Receipts of effects", "操作凭证", "操作の記録")                         \
    X(KEY, "key", "键", "キー")                                                          \
    X(ALLOWED_BY, "allowed by", "批准者", "許可")                                        \
    X(RETRIES, "Tries that failed", "失败的尝试", "失敗した試行")                        \
    X(FILES, "Files", "文件", "ファイル")                                                \
    X(READ, "given", "给出", "入力")                                                     \
    X(MADE, "made", "生成", "作成")                                                      \
    X(NO_FILE, "there is no such file now", "文件已不存在", "ファイルは現在ありません")  \
    X(WAS, "changed since, was", "此后已更改,原为", "その後変更、以前は")                \
    X(PRUNED, "Its journal was pruned; receipts stay.", "日志已清理,凭证保留。",         \
            "記録は整理済み、操作の記録は残っています。")                                \
    X(SAME, "The same: {0} events come out as they are recorded.",                       \
            "一致:{0} 个事件与记录相同。", "一致:{0} 件の記録どおりになりました。")      \
    X(DIVERGED, "Diverged at event {0} ({1})", "在事件 {0}({1})处出现分歧",              \
            "記録 {0}({1})で相違")                                                       \
    X(EXPECTED, "recorded", "记录", "記録")                                              \
    X(CAME_OUT, "now", "现在", "現在")                                                   \
    X(TOOL_CHANGED, "the tool {0} has changed (was {1}, is {2})",                        \
            "工具 {0} 已更改(原 {1},现 {2})",                                            \
            "ツール {0} は変更されています({1} → {2})")                                  \
    X(TOOL_GONE, "the tool {0} is gone", "工具 {0} 已不存在", "ツール {0} はありません") \
    X(PROMPT_CHANGED, "a model would be asked in other words now",                       \
            "现在发给模型的内容已不同", "モデルへの文面は現在異なります")                \
    X(NOT_ENDED, "The record ends before the task does: replayed so far.",               \
            "任务尚未结束:已重放现有记录。",                                             \
            "タスクは未完了:記録の分だけ再生しました。")

enum sc_why_word {
#define X(name, en, zh, ja) SC_WHY_##name,
    SC_WHY_TABLE(X)
#undef X
};

/* As sc_say. */
const char *sc_why_say(const char *language, enum sc_why_word what);

/* One that has places for values, filled in: {0} {1} … are texts. The caller frees. */
char *sc_why_fill(const char *language, enum sc_why_word what, const char *const *values);
