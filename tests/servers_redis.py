"""Redis in the ways it is run, and in the ways it fails: behind TLS, watched by Sentinels, slow, or not answering."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
from pathlib import Path

import redis

from .servers import Process, RedisServer, free_port, program, wait_for


class SecureRedis(RedisServer):
    """A Redis with a password that speaks TLS alone, with a certificate of an authority made for it."""

    PASSWORD = "a pass/word:@#"

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "ca.pem"
        certificate, key = make_certificate(folder)
        super().__init__(folder, ssl=True, ssl_ca_certs=str(self.authority), password=self.PASSWORD)
        # The last --port counts: no plain one.
        self.options = (
            "--port", "0", "--tls-port", str(self.port),
            "--tls-cert-file", str(certificate), "--tls-key-file", str(key),
            "--tls-ca-cert-file", str(self.authority), "--tls-auth-clients", "no", "--requirepass", self.PASSWORD,
        )  # fmt: skip


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """An authority (ca.pem), and a certificate for localhost that it signed: (certificate, key)."""
    openssl = program("openssl")
    ca_key, key, request, certificate = (folder / name for name in ("ca.key", "key.pem", "request.pem", "cert.pem"))
    new = ["-newkey", "rsa:2048", "-nodes", "-subj"]
    names = folder / "names"
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for command in (
        ["req", "-x509", *new, "/CN=an authority", "-keyout", ca_key, "-out", folder / "ca.pem", "-days", "2"],
        ["req", *new, "/CN=localhost", "-keyout", key, "-out", request],
        ["x509", "-req", "-in", request, "-CA", folder / "ca.pem", "-CAkey", ca_key, "-CAcreateserial",
         "-out", certificate, "-days", "2", "-extfile", names],
    ):  # fmt: skip
        subprocess.run([openssl, *map(str, command)], check=True, capture_output=True)
    return certificate, key


class Proxy:
    """A TCP proxy before a server. `delay`: seconds that every answer is late; `hang`: nothing is answered at all."""

    def __init__(self, to: int) -> None:
        self.delay = 0.0
        self.hang = threading.Event()
        self._to = to
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: set[socket.socket] = set()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        self._sockets.add(near)
        with contextlib.suppress(OSError), near, socket.create_connection(("127.0.0.1", self._to)) as far:
            self._sockets.add(far)
            threading.Thread(target=self._pump, args=(near, far, False), daemon=True).start()
            self._pump(far, near, True)

    def _pump(self, source: socket.socket, to: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if answers and self.delay:
                    self._ended.wait(self.delay)
                while self.hang.is_set() and not self._ended.wait(0.05):
                    pass
                to.sendall(data)
        for end in (source, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self._ended.set()
        self._listener.close()
        for end in list(self._sockets):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Watched:
    """One primary, one replica and three Sentinels, which take a primary for dead after a second."""

    SERVICE = "trainings"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redis = [RedisServer(folder), RedisServer(folder)]
        self.sentinels = [free_port() for _ in range(3)]
        self._processes: list[Process] = []

    @property
    def addresses(self) -> str:
        """For REDIS_SENTINELS."""
        return ",".join(f"127.0.0.1:{port}" for port in self.sentinels)

    def start(self) -> Watched:
        primary, replica = self.redis
        primary.start()
        replica.options = ("--replicaof", "127.0.0.1", str(primary.port))
        replica.start()
        wait_for(lambda: replica.client.info("replication")["master_link_status"] == "up", "the replica")
        for port in self.sentinels:
            self._watch(port, primary.port)
        for port in self.sentinels:
            wait_for(lambda port=port: self._sees_all(port), "the Sentinels to find each other")
        return self

    def _watch(self, port: int, primary: int) -> None:
        settings = self.folder / f"sentinel-{port}.conf"
        settings.write_text(
            f"port {port}\nbind 127.0.0.1\nsentinel monitor {self.SERVICE} 127.0.0.1 {primary} 2\n"
            f"sentinel down-after-milliseconds {self.SERVICE} 1000\nsentinel failover-timeout {self.SERVICE} 5000\n"
        )
        command = [program("redis-sentinel", "redis-server"), str(settings), "--sentinel"]
        self._processes.append(Process(command, self.folder / "sentinels.log"))

    def _sees_all(self, port: int) -> bool:
        with contextlib.suppress(redis.RedisError):
            state = redis.Redis(port=port).sentinel_master(self.SERVICE)
            return state["num-other-sentinels"] == 2 and state["num-slaves"] == 1
        return False

    def hang(self) -> None:
        """The primary accepts connections and never answers."""
        self.redis[0].process.popen.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        self.redis[0].stop()

    def stop(self) -> None:
        for process in self._processes:
            process.stop(signal.SIGKILL)
        for server in self.redis:
            server.stop()
