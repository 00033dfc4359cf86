"""The measuring half of scripts/bench: starts the mock model, runs floor and program in
turns, prints figures and ratios."""
import argparse
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

BUILD = "build/release"
BENCH = f"{BUILD}/tests/bench"


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


def run(argv, env=None, cwd=None):
    """Runs to the end; wall and CPU seconds of it and what it started, peak MiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(argv, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode != 0:
        odd = [line for line in done.stdout.splitlines() if not line.startswith("done")]
        told = "\n".join(odd[:5] + odd[-1:])
        raise SystemExit(f"{argv[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}{told}")
    return wall, cpu, done.stdout


class Bench:
    def __init__(self, port, folder):
        self.port, self.folder, self.count = port, folder, 0

    def env(self, model):
        return {"PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8", "TZ": "UTC",
                "OPENAI_BASE_URL": f"http://127.0.0.1:{self.port}/v1", "OPENAI_API_KEY": "x-bench-key",
                "OPENAI_MODEL": model}

    def new_path(self, name):
        self.count += 1
        return os.path.join(self.folder, f"{name}{self.count}")

    def floor(self, tasks, at_once, model):
        wall, cpu, out = run([f"{BENCH}/bench_floor", "-n", str(tasks), "-c", str(at_once), "-m", model,
                              "-p", str(self.port), "-M", "8", "-j", "-l", "-w", self.new_path("floor")])
        told = json.loads(out)
        return tasks / wall, cpu / tasks * 1000, told["maxrss_mib"]

    def program(self, tasks, at_once, model):
        batch = self.new_path("batch")
        with open(batch, "w", encoding="utf-8") as f:
            f.write("Add the numbers.\n" * tasks)
        data = self.new_path("data")
        wall, cpu, out = run([f"{BUILD}/supercargo", "run", "--batch", batch, "--parallel", str(at_once),
                              "--agent", "bench", "--strategy", "loop", "--home", "tests/bench/home",
                              "--data", data, "--out", self.new_path("out")], self.env(model))
        if not out.rstrip().endswith(f"{tasks} done, 0 not"):
            raise SystemExit("not every task ended well: " + out[-300:])
        shutil.rmtree(data)
        return tasks / wall, cpu / tasks * 1000, None

    def cold(self):
        wall, cpu, _ = run([f"{BUILD}/supercargo", "run", "Add the numbers.", "--agent", "bench",
                            "--strategy", "loop", "--home", "tests/bench/home", "--data",
                            self.new_path("cold"), "--out", self.new_path("out"), "--json"],
                           self.env("mock-k3"))
        return wall * 1000, cpu * 1000

    def cold_floor(self):
        wall, cpu, _ = run([f"{BENCH}/bench_floor", "-n", "1", "-c", "1", "-m", "mock-k3", "-p",
                            str(self.port), "-j", "-l", "-w", self.new_path("floor")])
        return wall * 1000, cpu * 1000


def compare(bench, rounds, tasks, at_once, model):
    floor, ours = [], []
    for _ in range(rounds):
        floor.append(bench.floor(tasks, at_once, model))
        ours.append(bench.program(tasks, at_once, model))
    def mid(rows, i):
        return statistics.median(r[i] for r in rows)
    f, o = mid(floor, 0), mid(ours, 0)
    fc, oc = mid(floor, 1), mid(ours, 1)
    print(f"{model:14} {at_once:5} at once: floor {f:7.0f} tasks/s {fc:6.2f} CPU s/1000   "
          f"supercargo {o:7.0f} tasks/s {oc:6.2f} CPU s/1000   "
          f"ratio {o / f:5.2f} (>= 0.70)  CPU ratio {oc / fc:5.2f} (<= 1.60)")
    return o


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--tasks", type=int, default=4000)
    args.add_argument("--rounds", type=int, default=3)
    options = args.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20000), hard))
    port = free_port()
    mock = subprocess.Popen([f"{BENCH}/bench_mock_model", "-p", str(port)], stdout=subprocess.DEVNULL)
    folder = tempfile.mkdtemp(prefix="supercargo-bench-")
    try:
        wait_for(port)
        bench = Bench(port, folder)
        print("cold run, one task:")
        colds = [bench.cold() for _ in range(9)]
        floors = [bench.cold_floor() for _ in range(9)]
        print(f"  floor      {statistics.median(c[0] for c in floors):6.1f} ms wall "
              f"{statistics.median(c[1] for c in floors):6.1f} ms CPU")
        print(f"  supercargo {statistics.median(c[0] for c in colds):6.1f} ms wall "
              f"{statistics.median(c[1] for c in colds):6.1f} ms CPU   (<= 60 wall, <= 45 CPU)")
        compare(bench, options.rounds, options.tasks, 64, "mock-k3")
        compare(bench, options.rounds, options.tasks, 1000, "mock-k3")
        rate = compare(bench, 1, max(options.tasks, 5000), 1000, "mock-k3-d200")
        print(f"share of the ideal 1250 tasks/s with 200 ms replies: {rate / 1250:.2f} (>= 0.85)")
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"largest process of all runs: {usage.ru_maxrss / 1024:.0f} MiB")
    finally:
        mock.terminate()
        mock.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
