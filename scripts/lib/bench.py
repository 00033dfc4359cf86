"""The measuring half of scripts/bench: starts the mock model, runs floor and program in
turns, prints every figure with its target."""
import argparse
import json
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

BUILD = "build/release"
BENCH = f"{BUILD}/tests/bench"
HOME = "tests/bench/home"
PEER = f"{BUILD}/tests/fakes/model_peer"
CHAIN = 12
REPLY_MS = 300
BYTES_PER_TOKEN = 4
SAMPLE_S = 0.05


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            pass
    raise SystemExit("the mock model did not start")


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return [int(child) for child in f.read().split()]
    except OSError:
        return []


def memory_kib(pid):
    """Proportional set size of a process."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


class Run:
    """A command run to its end: seconds of wall and CPU of it and what it started; with
    weigh, the peak MiB of all its processes together, which takes time of its own."""

    def __init__(self, argv, env=None, weigh=False):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.mib = 0
        if weigh:
            threading.Thread(target=self.sample, args=(process,), daemon=True).start()
        self.out, err = process.communicate()
        self.wall = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if process.returncode != 0:
            odd = [line for line in self.out.splitlines() if not line.startswith("done")]
            told = "\n".join(odd[:5] + odd[-1:])
            raise SystemExit(f"{argv[0]} ended with {process.returncode}:\n{err[-2000:]}{told}")

    def sample(self, process):
        while process.poll() is None:
            kib = sum(memory_kib(pid) for pid in [process.pid] + children(process.pid))
            self.mib = max(self.mib, kib / 1024)
            time.sleep(SAMPLE_S)


class Bench:
    def __init__(self, port, folder):
        self.port, self.folder, self.count = port, folder, 0

    def new_path(self, name):
        self.count += 1
        return os.path.join(self.folder, f"{name}{self.count}")

    def new_folder(self, name):
        path = self.new_path(name)
        os.mkdir(path)
        return path

    def floor(self, tasks, at_once, model, weigh=False):
        return Run([f"{BENCH}/bench_floor", "-n", str(tasks), "-c", str(at_once), "-m", model, "-p",
                    str(self.port), "-M", "8", "-j", "-l", "-w", self.new_path("floor")], weigh=weigh)

    def program(self, model, *args, weigh=False):
        data = self.new_path("data")
        env = {"PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8", "TZ": "UTC",
               "OPENAI_BASE_URL": f"http://127.0.0.1:{self.port}/v1", "OPENAI_API_KEY": "x-bench-key",
               "OPENAI_MODEL": model}
        run = Run([f"{BUILD}/supercargo", *args, "--data", data, "--out", self.new_path("out")], env, weigh)
        shutil.rmtree(data)
        return run

    def batch(self, tasks, at_once, model, weigh=False):
        path = self.new_path("batch")
        with open(path, "w", encoding="utf-8") as f:
            f.write("Add the numbers.\n" * tasks)
        run = self.program(model, "run", "--batch", path, "--parallel", str(at_once), "--agent", "bench",
                           "--strategy", "loop", "--home", HOME, weigh=weigh)
        if not run.out.rstrip().endswith(f"{tasks} done, 0 not"):
            raise SystemExit("not every task ended well: " + run.out[-300:])
        return run

    def cold_loop(self):
        return self.program("mock-k3", "run", "Add the numbers.", "--agent", "bench", "--strategy", "loop",
                            "--home", HOME, "--json")

    def cold_routine(self):
        return self.program("mock-k3", "run", "convert 100 USD to CNY", "--offline", "--json")


def show(what, figure, target, good):
    print(f"  {what:44} {figure:>14}   {target:12} {'ok' if good else 'MISSED'}")


def at_most(what, figure, unit, target):
    show(what, f"{figure:.2f} {unit}", f"<= {target}", figure <= target)


def at_least(what, figure, unit, target):
    show(what, f"{figure:.2f} {unit}", f">= {target}", figure >= target)


def middle(figures):
    return statistics.median(list(figures))


def measure_cold(bench):
    print("one task from the shell, cold")
    for name, start in (("loop: 4 requests, 3 calls", bench.cold_loop),
                        ("routine of the shipped ones, no model", bench.cold_routine)):
        runs = [start() for _ in range(15)]
        at_most(f"{name}: wall", middle(r.wall for r in runs) * 1000, "ms", 60)
        at_most(f"{name}: CPU", middle(r.cpu for r in runs) * 1000, "ms", 45)


def measure_w(bench, rounds, tasks, at_once):
    """Floor and program follow each other; the ratio is that of each pair."""
    pairs = [(bench.floor(tasks, at_once, "mock-k3"), bench.batch(tasks, at_once, "mock-k3"))
             for _ in range(rounds)]
    floor, ours = (middle(tasks / pair[i].wall for pair in pairs) for i in (0, 1))
    print(f"W, {at_once} at once: floor {floor:.0f} tasks/s, supercargo {ours:.0f} tasks/s, "
          f"{middle(o.cpu for _, o in pairs) / tasks * 1e6:.0f} us of CPU each")
    at_least("tasks/s, of the floor's", middle(f.wall / o.wall for f, o in pairs), "", 0.7)
    at_most("CPU, of the floor's", middle(o.cpu / f.cpu for f, o in pairs), "", 1.6)
    weights = [start(tasks, at_once, "mock-k3", weigh=True).mib for start in (bench.floor, bench.batch)]
    print(f"  {'memory of all processes, floor and ours':44} {weights[0]:.0f} and {weights[1]:.0f} MiB")


def measure_slow_model(bench, tasks):
    print("1000 at once, each reply after 200 ms (1250 tasks/s would be ideal)")
    at_least("tasks/s, of the ideal", tasks / bench.batch(tasks, 1000, "mock-k3-d200").wall / 1250, "", 0.85)


def measure_waiting(bench, tasks):
    print(f"{tasks} tasks waiting on the model at once")
    run = bench.batch(tasks, tasks, "mock-k0-d5000", weigh=True)
    at_most("memory of all processes", run.mib, "MiB", 400 * tasks / 10000)


def loop_replies():
    """Each call needs the result of the one before, so that no turn can make two."""
    calls = [{"tool_calls": [{"name": "add", "arguments": {"a": i, "b": 1}}]} for i in range(CHAIN)]
    return calls + [{"text": f"The sum is {CHAIN}."}]


def plan_replies():
    steps = [{"id": f"s{i}", "tool": "add", "args": {"a": f"=s{i - 1}" if i else 0, "b": 1}} for i in range(CHAIN)]
    plan = {"goal": "Add", "steps": steps, "answer": f"The sum is {{{{s{CHAIN - 1}}}}}."}
    return [{"tool_calls": [{"name": "plan", "arguments": plan}]}]


def scripted(bench, strategy, replies):
    """One task against a peer that says these replies. Returns what it cost: requests, tokens, seconds."""
    for reply in replies:
        reply["delay_ms"] = REPLY_MS
    script, log = bench.new_path("script"), bench.new_path("log")
    with open(script, "w", encoding="utf-8") as f:
        json.dump({"replies": replies}, f)
    with subprocess.Popen([PEER, script, log], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        port = int(peer.stdout.readline())
        run = Bench(port, bench.new_folder("chore")).program("scripted", "run", "Add the numbers.", "--agent", "bench",
                                                             "--strategy", strategy, "--home", HOME, "--json")
        peer.stdin.close()
    report = json.loads(run.out)
    if report["state"] != "done" or report["answer"] != f"The sum is {CHAIN}.":
        raise SystemExit("the chore did not end well: " + run.out[-300:])
    with open(log, encoding="utf-8") as f:
        requests = [json.dumps(json.loads(line)["body"], ensure_ascii=False) for line in f]
    said = sum(len(json.dumps(reply)) for reply in replies)
    tokens = (sum(len(body.encode()) for body in requests) + said) // BYTES_PER_TOKEN
    return len(requests), tokens, run.wall


def measure_strategies(bench):
    print(f"one chore of {CHAIN} calls, each needing the one before; a reply after {REPLY_MS} ms")
    for strategy, replies, most in (("loop", loop_replies(), CHAIN + 1), ("plan", plan_replies(), 2)):
        requests, tokens, seconds = scripted(bench, strategy, replies)
        what = f"{strategy}: about {tokens} tokens, {seconds:.2f} s; requests"
        show(what, str(requests), f"<= {most}", requests <= most)


READ_TOOL = """return tool {{ name = "shop.read", summary = "Read.", effect = "read", hosts = {{ "127.0.0.1:{port}" }},
  params = {{ type = "object" }},
  returns = {{ type = "object", properties = {{ reads = {{ type = "integer" }} }} }},
  run = function()
    local res, err = http.request {{ url = "http://127.0.0.1:{port}/read" }}
    if not res then return nil, err end
    return res.json
  end }}
"""
READER = 'return agent { name = "reader", summary = "Reads.", tools = { "*" } }\n'


def stream_plan(early):
    """Three reads, one of them of what another gave, and a dozen steps behind them. What `when` asks begins only
    when the plan is there."""
    kept_back = {} if early else {"when": "=1 == 1"}
    steps = [{"id": name, "tool": "shop.read", "args": {"n": n}, **kept_back} for n, name in enumerate(("a", "b"))]
    steps.append({"id": "c", "tool": "shop.read", "args": {"of": "=a.reads"}, **kept_back})
    steps += [{"id": f"s{n}", "tool": "value", "args": {"value": f"=a.reads + b.reads + c.reads + {n}"}}
              for n in range(12)]
    return {"goal": "read three things and reckon with them", "steps": steps, "answer": "{{s11}}"}


def write_file(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def run_streamed(bench, early):
    """One task whose plan comes in pieces of one event, 20 ms apart: seconds of it."""
    home = bench.new_path("home")
    script = {"read_delay_ms": 300, "replies": [{"tool_calls": [{"name": "plan", "arguments": stream_plan(early)}],
                                                 "piece": 230, "piece_delay_ms": 20}]}
    write_file(f"{home}/script.json", json.dumps(script))
    with subprocess.Popen([PEER, f"{home}/script.json"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as peer:
        port = int(peer.stdout.readline())
        write_file(f"{home}/tools/shop.read/tool.lua", READ_TOOL.format(port=port))
        shutil.copytree("tools/value", f"{home}/tools/value")
        write_file(f"{home}/agents/reader/agent.lua", READER)
        run = Bench(port, home).program("slow", "run", "Read and reckon.", "--agent", "reader", "--home", home, "--json")
        peer.stdin.close()
    began = [step["id"] for step in json.loads(run.out)["steps"] if step.get("early")]
    if began != (["a", "b", "c"] if early else []):
        raise SystemExit(f"these began early: {began}")
    return run.wall


def measure_stream(bench):
    print("a plan that streams in over seconds, and reads of 300 ms: two at once, then one")
    pairs = [(run_streamed(bench, False), run_streamed(bench, True)) for _ in range(5)]
    after, early = (middle(pair[i] for pair in pairs) for i in (0, 1))
    print(f"  {'begun when the plan was there, and early':44} {after:.2f} and {early:.2f} s")
    at_least("of the reads' 600 ms, saved", middle((a - e) / 0.6 for a, e in pairs), "", 0.9)


def measure_parts(bench):
    print("parts")
    out = subprocess.run([f"{BENCH}/bench_store", bench.new_path("store"), "3"], capture_output=True, text=True,
                         check=True).stdout
    print("  " + "\n  ".join(out.strip().splitlines()))


def measure_reads(bench, name, what, rows):
    print(f"{name} of {rows} {what}")
    out = subprocess.run([f"{BENCH}/bench_{name}", bench.new_path(name), str(rows)], capture_output=True,
                         text=True, check=True).stdout
    print("  " + "\n  ".join(out.strip().splitlines()))
    worst = max(float(part) for line in out.splitlines() if ", then" in line
                for part in re.findall(r"(?:first|then) +([0-9.]+) ms", line))
    at_most("the slowest read, the first ones too", worst, "ms", 10)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--tasks", type=int, default=5000, help="a run of W")
    args.add_argument("--rounds", type=int, default=5, help="pairs of floor and program")
    args.add_argument("--waiting", type=int, default=9000, help="tasks that wait at once")
    args.add_argument("--history", type=int, default=1000000, help="tasks of a long history; 0: none")
    args.add_argument("--memory", type=int, default=1000000, help="facts of a large memory; 0: none")
    options = args.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port = free_port()
    with subprocess.Popen([f"{BENCH}/bench_mock_model", "-p", str(port)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as mock:
        folder = tempfile.mkdtemp(prefix="supercargo-bench-")
        try:
            wait_for(port)
            bench = Bench(port, folder)
            measure_cold(bench)
            measure_w(bench, options.rounds, options.tasks, 64)
            measure_w(bench, options.rounds, options.tasks, 1000)
            measure_slow_model(bench, max(options.tasks, 10000))
            measure_waiting(bench, min(options.waiting, hard // 2 - 100))
            measure_strategies(bench)
            measure_stream(bench)
            measure_parts(bench)
            if options.history:
                measure_reads(bench, "history", "tasks", options.history)
            if options.memory:
                measure_reads(bench, "memory", "facts", options.memory)
        finally:
            mock.terminate()
            shutil.rmtree(folder, ignore_errors=True)


main()
