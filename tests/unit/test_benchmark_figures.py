"""What the benchmarks say: a counter that is worse is named, and a candidate with wrong final states does not count."""

from tests.benchmarks import counters, report, scale, sizes
from tests.benchmarks.catching_up import rates
from tests.benchmarks.report import BEGIN, END

LAP = {"rate": 1_000.0, "client_us": 90.0, "broker_us": 4.0, "mongod_us": 70.0, "rss_mb": 140.0, "right": True}


def laps(rate: float, *, right: bool = True) -> list[dict]:
    return [LAP | {"rate": rate, "right": right} for _ in range(3)]


def figures() -> dict:
    workload = {
        "bare aiokafka": laps(100_000),
        "klarmeld": laps(12_000),
        "usual FastStream batch": laps(800),
        "wrong": laps(90_000, right=False),
    }
    waits = {name: {"p50": 8.0, "p99": 40.0} for name in report.WAITS}
    head = {
        "at": "2026-03-01",
        "machine": "M",
        "cores": 2,
        "load": 0.5,
        "command": "run",
        "versions": {"aiokafka": "1"},
        "missing": {"a peer": "nobody installed it"},
    }
    wait = {"p50": 8.0, "p99": 40.0}
    sent = {"mails": 500, "seconds": 60.0, "twice": 0, "compared": 600, "compared_s": 0.1, "laps": [(10.0, 11.0)]}
    mails = {"mails": {"quiet": wait, "beside": wait, **sent, "cpu_ms": 5.0, "asked": 0.6}}
    replayed = {"bare aiokafka": laps(100_000), "rebuild": laps(20_000), "verify": laps(18_000)}
    rebuilding = {"rebuilding": {"records": 51, "laps": replayed, "alone": wait, "beside": wait}}
    return (
        head
        | waits
        | mails
        | rebuilding
        | {"rss_mb": {"idle": 80}, "catching_up": {"spread": workload, "campaign": workload}}
    )


def test_a_counter_that_is_a_tenth_higher_is_worse():
    assert counters.worse({"round trips": 4.4}, {"round trips": 4.0}) == ["round trips: 4.40, not 4.00"]


def test_a_counter_that_is_lower_or_within_the_tolerance_is_not_worse():
    assert counters.worse({"round trips": 3.0, "bytes": 1_040}, {"round trips": 4.0, "bytes": 1_000}) == []


def test_a_counter_without_a_baseline_is_named():
    assert counters.worse({"new": 1.0}, {}) == ["new: only in one of both"]


def test_a_lap_with_wrong_final_states_does_not_count():
    assert rates([LAP, LAP | {"rate": 9_000.0, "right": False}]) == [1_000.0]


def test_the_page_is_shown_beside_what_it_asks_for():
    waits = {"page_ms": {"p50": 18.04, "p99": 31.0}, "calls_ms": {"p50": 9.0, "p99": 12.0}}
    seen = {"seen_ms": {"p50": 90.0, "p99": 150.0}}
    shown = report.markdown(figures() | {"page": {**waits, **seen, "kilobytes": 5.84, "facts": 29}}).splitlines()

    assert "| the whole page, from the request to its last byte | 18.0 | 31.0 |" in shown
    assert "The page is 5.8 KB as it is sent, compressed." in shown


def test_a_rate_is_shown_beside_the_usual_and_the_bare_reading():
    row = "| klarmeld | 12,000 | 12,000–12,000 | 15.00 | not run | 0.12 | 90 | 4 | 70 | 140 | 3 of 3 |"

    assert row in report.markdown(figures()).splitlines()


def test_verify_is_shown_as_a_multiple_of_rebuild():
    row = "| verify | 18,000 | 18,000–18,000 | not run | 0.90 | 90 | 4 | 70 | 140 |"

    assert row in report.markdown(figures()).splitlines()


def test_a_rebuild_that_is_not_what_the_log_says_has_no_rate():
    wrong = figures()
    wrong["rebuilding"]["laps"]["rebuild"] = laps(20_000, right=False)

    assert "| rebuild | does not count: its final states are wrong |||||||" in report.markdown(wrong).splitlines()


def test_a_peer_that_could_not_run_is_named_with_the_reason():
    assert "Not measured: a peer; nobody installed it." in report.markdown(figures()).splitlines()


def test_a_candidate_whose_states_are_wrong_has_no_figure():
    shown = report.markdown(figures())

    assert "| wrong | does not count: its final states are wrong" in shown
    assert "90,000" not in shown + report.chart(figures())


def test_writing_the_report_again_leaves_what_stands_around_the_figures(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}old{END}after\n", encoding="utf-8")
    sizing = tmp_path / "sizing.md"
    sizing.write_text(f"{sizes.BEGIN}old{sizes.END}above\n{scale.BEGIN}old{scale.END}below\n", encoding="utf-8")

    for _ in range(2):
        report.write(figures(), tmp_path)

    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}2026-03-01, M;")
    assert text.endswith(f"{END}after\n")
    assert text.count(BEGIN) == text.count(END) == 1
    sized = sizing.read_text(encoding="utf-8")
    assert sized.startswith(f"{sizes.BEGIN}Every figure is of the run of 2026-03-01")
    assert f"{sizes.END}above\n{scale.BEGIN}By arithmetic" in sized
    assert sized.endswith(f"{scale.END}below\n")
