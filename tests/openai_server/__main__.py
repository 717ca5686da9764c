"""The stand-in as a process of its own. Prints its address; ends with its standard input when told to."""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from . import OpenAIServer, Truth, decode


def main() -> int:
    """Serve until SIGTERM or SIGINT, then write the log."""
    options = _options()
    server = OpenAIServer(
        key=options.key,
        port=options.port,
        speech_delay=options.speech_delay,
        chat_delay=options.chat_delay,
        language=options.language,
    )
    if options.truth:
        server.said = Truth(decode(options.audio), json.loads(Path(options.truth).read_text()))
    if options.opens:
        opening = re.compile(options.opens, re.IGNORECASE)
        server.opens = lambda text: bool(opening.match(text))
    for fault in options.fault:
        on, kind, times = fault.split(":")
        server.fail(kind, on, int(times))
    server.start()
    print(server.url, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop()
    if options.log:
        Path(options.log).write_text(json.dumps([asdict(one) for one in server.log]))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.openai_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one; the address is printed")
    parser.add_argument("--key", default="sk-test")
    parser.add_argument("--truth", help="JSON: [[start, end, text], …] in seconds")
    parser.add_argument("--audio", help="the audio or video file that the truth is about")
    parser.add_argument("--language", default="en")
    parser.add_argument("--speech-delay", type=float, default=1.0)
    parser.add_argument("--chat-delay", type=float, default=3.0)
    parser.add_argument("--opens", help="regular expression for cues that begin a step")
    parser.add_argument("--fault", action="append", default=[], help="speech|chat:KIND:TIMES, as often as wanted")
    parser.add_argument("--log", help="file for the log of requests, written at the end")
    return parser.parse_args()


if __name__ == "__main__":
    # Signals are waited for in the main thread; no other may take them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    sys.exit(main())
