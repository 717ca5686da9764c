// Polling with htmx: not in a hidden tab, at once when the tab is shown again, and on through a lost connection.
(() => {
  "use strict";
  const polled = (event) => event.detail?.ctx?.sourceElement?.closest("[hx-trigger*=every]");
  const lost = (yes, why = "lost") => {
    const notice = document.getElementById("connection");
    if (!notice) return;
    notice.hidden = !yes;
    if (yes) notice.querySelector("span").textContent = notice.dataset[why];
  };

  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden && polled(event)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[hx-trigger*=resume]")) htmx.trigger(element, "resume");
  });
  document.addEventListener("htmx:error", (event) => { if (polled(event)) lost(true); });
  document.addEventListener("htmx:response:error", (event) => {
    if (!polled(event)) return;
    const status = event.detail.ctx.response.status;
    // The training was deleted, or is no longer shared: the reloaded page says so.
    if (status === 404 || status === 403) location.reload();
    else lost(true, status === 503 ? "busy" : "lost");
  });
  document.addEventListener("htmx:after:swap", () => lost(false));
})();
