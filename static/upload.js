// The upload page: drag and drop, a progress bar with speed and time left, and cancel. The form works without it.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const form = byId("upload");
  const input = form.querySelector("input[name=file]");
  const drop = byId("drop");
  const words = form.dataset;
  const { number, fill, plural } = window.words;
  const most = Number(words.maxBytes);
  const sizes = JSON.parse(words.sizes);
  const timeLeft = JSON.parse(words.timeLeft);
  let request = null;

  const size = (bytes) => {
    const units = [["gigabytes", 1024 ** 3], ["megabytes", 1024 ** 2], ["kilobytes", 1024]];
    const [unit, one] = units.find(([, from]) => bytes >= from) || ["bytes", 1];
    const value = bytes / one;
    return fill(sizes[unit], { n: number(value, unit === "bytes" || value >= 100 ? 0 : 1) });
  };
  const left = (seconds) => {
    if (seconds < 5) return timeLeft.moment;
    if (seconds < 55) return plural(timeLeft.seconds, Math.ceil(seconds / 5) * 5);
    const minutes = Math.round(seconds / 60);
    if (minutes < 90) return minutes <= 1 ? timeLeft.minute : plural(timeLeft.minutes, minutes);
    return plural(timeLeft.hours, Math.round(minutes / 60));
  };

  const fail = (sentence) => {
    byId("upload-error").hidden = !sentence;
    byId("upload-error-text").textContent = sentence;
    if (sentence) byId("upload-error").scrollIntoView({ block: "nearest" });
  };

  // --- Choosing ---------------------------------------------------------------------------------------------
  const chosen = () => {
    const file = input.files[0];
    drop.hidden = Boolean(file);
    byId("chosen").hidden = !file;
    byId("send").disabled = !file;
    if (!file) return;
    byId("chosen-name").textContent = file.name;
    byId("chosen-size").textContent = size(file.size);
    if (file.size > most) {
      fail(fill(words.tooBig, { size: size(file.size), limit: size(most) }));
      byId("send").disabled = true;
    } else if (!file.size) {
      fail(words.empty);
      byId("send").disabled = true;
    } else fail("");
  };
  input.addEventListener("change", chosen);
  byId("choose").addEventListener("click", () => input.click());
  byId("change").addEventListener("click", () => input.click());

  const brings = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault(); // A file that is dropped beside the box would replace the page.
    drop.classList.add("drop-over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("drop-over"); });
  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    drop.classList.remove("drop-over");
    if (request) return;
    if (event.dataTransfer.files.length > 1) return fail(words.two);
    input.files = event.dataTransfer.files;
    chosen();
  });

  // --- Sending ----------------------------------------------------------------------------------------------
  const sending = (yes) => {
    form.hidden = yes;
    byId("sending").hidden = !yes;
    if (byId("sample")) byId("sample").hidden = yes;
  };
  const stay = (event) => event.preventDefault();
  const done = () => {
    request = null;
    window.removeEventListener("beforeunload", stay);
  };
  const show = (sent, total, speed) => {
    const percent = Math.floor((100 * sent) / total);
    byId("sending-percent").textContent = percent;
    byId("sending-bar").setAttribute("aria-valuenow", percent);
    byId("sending-fill").setAttribute("transform", `scale(${(100 * sent) / total} 1)`);
    const facts = [fill(words.of, { sent: size(sent), total: size(total) })];
    if (speed) facts.push(fill(words.speed, { size: size(speed) }), left((total - sent) / speed));
    byId("sending-cancel").hidden = sent >= total; // The server has the whole file and makes a module of it, so there is nothing to cancel.
    byId("sending-facts").textContent = sent < total ? facts.join(" · ") : words.sent;
  };

  const finished = () => {
    const { status, response } = request;
    done();
    if (status === 201 && response?.processingUrl) {
      byId("sending-said").textContent = words.arrived;
      location.assign(response.processingUrl);
      return;
    }
    sending(false);
    if (status === 401) return location.assign(`${words.signIn}?next=${encodeURIComponent(location.pathname)}`);
    fail(response?.error || words.notAccepted);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (request || !input.files[0]) return;
    fail("");
    byId("sending-title").textContent = input.files[0].name;
    byId("sending-said").textContent = words.uploading;
    sending(true);
    show(0, input.files[0].size, 0);
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    let [at, before, speed] = [performance.now(), 0, 0];
    request.upload.addEventListener("progress", (progress) => {
      const now = performance.now();
      // Twice a second at most, and smoothed, because nobody can read figures that jump.
      if (now - at < 500 && progress.loaded < progress.total) return;
      const measured = ((progress.loaded - before) / (now - at)) * 1000;
      speed = speed ? 0.7 * speed + 0.3 * measured : measured;
      [at, before] = [now, progress.loaded];
      show(progress.loaded, progress.total, speed);
    });
    request.addEventListener("load", finished);
    request.addEventListener("error", () => {
      done();
      sending(false);
      fail(words.lost);
    });
    window.addEventListener("beforeunload", stay);
    request.send(new FormData(form));
  });
  byId("sending-cancel").addEventListener("click", () => {
    request?.abort();
    done();
    sending(false);
    byId("sending-said").textContent = words.cancelled;
  });

  byId("choose").hidden = false;
  const drags = matchMedia("(hover: hover)").matches;
  drop.querySelector(".drop-title").textContent = drags ? words.drop : words.choose;
  input.setAttribute("aria-label", words.video);
  input.removeAttribute("required"); // The browser's own hint would point at a hidden field; the disabled button tells instead.
  chosen();
})();
