// Tells screen readers of each change of stage, from a live region that is never swapped.
(() => {
  "use strict";
  const announcer = document.getElementById("announcer");
  const state = () => document.getElementById("progress").dataset.announce;
  const words = () => document.querySelector("#progress h2").textContent.trim();
  let told = state();

  document.addEventListener("htmx:after:swap", () => {
    if (state() === told) return;
    told = state();
    announcer.textContent = words();
    const percent = document.querySelector("#progress .percent");
    if (!percent) document.querySelector("#progress h2").scrollIntoView({ block: "nearest" });
  });
})();
