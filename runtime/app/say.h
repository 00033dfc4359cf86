/* app/say.h - the words of the program, in the reader's language.
 *
 * Purpose:   one table of every sentence that commands print: English, Chinese,
 *            Japanese. Numbers and names are printed around them by the caller.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>

#define SC_SAY_TABLE(X)                                                                              \
    X(DONE, "Done", "已完成", "完了")                                                                \
    X(FAILED, "Failed", "失败", "失敗")                                                              \
    X(UNPROVEN, "Finished, but a check did not hold", "已执行,但有检查未通过",                       \
            "実行済み、ただし確認に失敗")                                                            \
    X(IN_DOUBT, "In doubt: an effect may or may not have happened",                                  \
            "存疑:某个操作可能已发生,也可能没有", "不明:操作が行われた可能性があります")             \
    X(OVER_BUDGET, "Stopped at the budget", "已达预算上限,停止", "予算の上限で停止")                 \
    X(CANCELLED, "Cancelled", "已取消", "キャンセル")                                                \
    X(WAITING, "Waiting", "等待中", "待機中")                                                        \
    X(PLANNING, "Planning", "正在制定计划", "計画中")                                                \
    X(RUNNING, "Running", "运行中", "実行中")                                                        \
    X(FILES, "Files", "文件", "ファイル")                                                            \
    X(REFUSED, "you said no; not done", "您没有批准,未执行", "承認されず、未実行")                   \
    X(MORE, "There are more:", "还有更多:", "ほかにもあります:")                                     \
    X(BUDGET, "Budget", "预算", "予算")                                                              \
    X(WOULD_DO, "Would do", "将会执行", "実行予定")                                                  \
    X(NOTHING_CHANGED, "Dry run: nothing was changed", "试运行:没有做任何更改",                      \
            "試行:何も変更していません")                                                             \
    X(WENT_WRONG, "Went wrong", "出错", "問題")                                                      \
    X(COST, "Cost", "费用", "費用")                                                                  \
    X(NO_MODEL, "no model was used", "未使用模型", "モデルは使っていません")                         \
    X(REQUESTS, "model requests", "次模型请求", "回のモデル呼び出し")                                \
    X(TOKENS, "tokens", "个 token", "トークン")                                                      \
    X(AT_MOST, "at most", "至多", "最大")                                                            \
    X(ROUTINE, "routine", "例程", "ルーチン")                                                        \
    X(TASK, "task", "任务", "タスク")                                                                \
    X(PLANNED, "Planned; nothing was run", "已制定计划,未执行", "計画のみ、未実行")                  \
    X(IS_DONE, "done", "已完成", "完了")                                                             \
    X(IS_UNPROVEN, "unproven", "未通过检查", "確認失敗")                                             \
    X(IS_FAILED, "failed", "失败", "失敗")                                                           \
    X(IS_CANCELLED, "cancelled", "已取消", "取消")                                                   \
    X(IS_IN_DOUBT, "in_doubt", "存疑", "不明")                                                       \
    X(IS_OVER_BUDGET, "over_budget", "超预算", "予算超過")                                           \
    X(IS_WAITING, "waiting", "等待中", "待機中")                                                     \
    X(IS_PLANNING, "planning", "计划中", "計画中")                                                   \
    X(IS_RUNNING, "running", "运行中", "実行中")                                                     \
    X(IS_PLANNED, "planned", "仅计划", "計画のみ")                                                   \
    X(IS_DRY_RUN, "dry_run", "试运行", "試行")                                                       \
    X(WOULD_PRUNE, "Tasks that would be pruned", "将清理的任务", "整理されるタスク")                 \
    X(HAS_PRUNED, "Tasks pruned", "已清理的任务", "整理したタスク")                                  \
    X(RECEIPTS_STAY, "of them keep their receipts", "个保留凭证",                                    \
            "件は操作の記録を保持")                                                                  \
    X(NO_TASKS, "No task is like that.", "没有这样的任务。",                                         \
            "該当するタスクはありません。")                                                          \
    X(NOTED, "Worth knowing", "请注意", "注意点")                                                    \
    X(ASSUMED, "Assumed", "假设", "前提")                                                            \
    X(REPEAT, "Proposed: repeat it", "建议定期执行", "定期実行の提案")                               \
    X(REPEAT_HOW,                                                                                    \
            "Nothing repeats by itself in this version: save it as a routine and let "               \
            "cron "                                                                                  \
            "run that.",                                                                             \
            "本版本不会自动重复执行:请存为例程,再由 cron 运行。",                                    \
            "この版では自動で繰り返しません。ルーチンとして保存し、cron " \
            "で実行してください。")                                                                  \
    X(CHECKS, "Checks", "检查", "確認")                                                              \
    X(APPROVE, "Approve? [y/N] ", "批准吗?[y/N] ", "承認しますか?[y/N] ")                            \
    X(APPROVE_SOME, "Approve? [y/N, or numbers such as 1,3-5] ",                                     \
            "批准吗?[y/N,或编号如 1,3-5] ", "承認しますか?[y/N、または 1,3-5 など] ")                \
    X(NOT_UNDERSTOOD, "Not understood.", "没看懂。", "読み取れません。")                             \
    X(AGAIN_IN, "again in", "重试等待", "再試行まで")                                                \
    X(MODEL, "model", "模型", "モデル")                                                              \
    X(CHOOSE, "Your choice: ", "请选择:", "選択:")                                                   \
    X(STOPPED, "Stopped. To go on later:", "已停止。以后继续:",                                      \
            "停止しました。再開するには:")                                                           \
    X(GO_ON, "To answer and go on:", "答复并继续:", "回答して続けるには:")                           \
    X(ARGUMENTS, "Arguments", "参数", "引数")                                                        \
    X(GIVES, "Gives", "结果", "結果")                                                                \
    X(EXAMPLES, "Examples", "示例", "例")                                                            \
    X(HAD_ENDED, "It had ended before: nothing was cancelled.",                                      \
            "任务先前已结束:没有取消任何操作。",                                                     \
            "すでに終了していたため、何も取り消していません。")                                      \
    X(TO_RUN, "To run it:", "运行:", "実行するには:")                                                \
    X(ROWS, "rows", "行", "行")                                                                      \
    X(ELEMENTS, "items", "项", "件")                                                                 \
    X(FAILED_ONES, "failed", "失败", "失敗")                                                         \
    X(SKIPPED_ONES, "skipped", "跳过", "スキップ")                                                   \
    X(TRY_ONE, "Nearest routines:", "最接近的例程:", "近いルーチン:")                                \
    X(TOOLS, "Tools", "工具", "ツール")                                                              \
    X(ROUTINES, "Routines", "例程", "ルーチン")                                                      \
    X(INPUTS, "Inputs", "输入", "入力")                                                              \
    X(REQUIRED, "required", "必填", "必須")                                                          \
    X(WAITS_FOR, "Waits for you", "等您答复", "お返事待ち")                                          \
    X(NOTHING_INTERRUPTED, "No task was interrupted.", "没有被中断的任务。",                         \
            "中断したタスクはありません。")                                                          \
    X(UNFINISHED, "Interrupted tasks go on with:", "继续被中断的任务:",                              \
            "中断したタスクを再開するには:")                                                         \
    X(TOTAL, "Total", "合计", "合計")                                                                \
    X(RESERVED, "Reserved now", "当前预留", "現在の予約")                                            \
    X(PERHAPS_PAID, "Perhaps paid by what was interrupted", "被中断的请求(可能已付费)",              \
            "中断した要求(支払い済みの可能性)")                                                      \
    X(RATE_OF, "Exchange rate of", "汇率日期", "為替レートの日付")                                   \
    X(PLAN, "Plan", "计划", "計画")                                                                  \
    X(ABOVE, "above", "超过", "超")                                                                  \
    X(OFF_PEAK, "off-peak", "低谷时段", "オフピーク")                                                \
    X(PRICE_UNIT, "input / cached / output, in USD per million tokens; the table is of",             \
            "输入 / 缓存 / 输出,美元每百万 token;价格表日期",                                        \
            "入力 / キャッシュ / 出力、100万トークンあたり米ドル。価格表の日付")                     \
    X(PRICE_OWN, "your own price file", "您自己的价格文件", "ご自身の価格ファイル")                  \
    X(SECRET, "secret", "密钥库中的", "保管中の鍵")                                                  \
    X(KEYLESS, "needs no key", "不需要密钥", "鍵は不要")                                             \
    X(NO_KEY, "set", "请设置", "未設定")                                                             \
    X(NO_KEY_YET, "No model is used yet: set one of these keys.",                                    \
            "尚未使用任何模型:请设置其中一个密钥。",                                                 \
            "まだモデルは使えません。鍵をひとつ設定してください。")                                  \
    X(USED, "used for tasks", "任务使用", "タスクで使用")                                            \
    X(LATENCY, "answered in", "应答时间", "応答時間")                                                \
    X(TOOL_CALLS, "calls tools", "能调用工具", "ツール呼び出し")                                     \
    X(IN_WORDS, "tools are described in words", "工具用文字说明", "ツールは文章で説明")              \
    X(STREAMED, "streams", "流式输出", "ストリーミング")                                             \
    X(PAID_BY, "paid by", "付款方式", "支払い")                                                      \
    X(TEXT, "said", "回答", "返答")                                                                  \
    X(YES, "yes", "是", "はい")                                                                      \
    X(NO, "no", "否", "いいえ")                                                                      \
    X(NO_PRICES, "No model has such a name.", "没有这个名称的模型。",                                \
            "その名前のモデルはありません。")

enum sc_say {
#define X(name, en, zh, ja) SC_SAY_##name,
    SC_SAY_TABLE(X)
#undef X
};

/* Is there a column for that language ("zh", "zh-CN")? */
bool sc_says(const char *language);

/* Never NULL. A language that is not in the table gets English. */
const char *sc_say(const char *language, enum sc_say what);

/* "en", "zh" or "ja": kana make a text Japanese, other Han characters Chinese. */
const char *sc_language_of(const char *words);
