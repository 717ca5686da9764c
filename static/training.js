// The training page: steps and transcript follow the video, and the video follows them.
(() => {
  "use strict";
  const page = document.getElementById("training");
  const player = document.getElementById("player");
  const byId = (id) => document.getElementById(id);
  const entry = (element) => ({ element, start: Number(element.dataset.start), end: Number(element.dataset.end) });
  const steps = [...document.querySelectorAll(".step")].map(entry);
  const cues = [...document.querySelectorAll(".transcript .cue")].map(entry);
  const clock = (seconds) => {
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    return h ? `${h}:${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}` : `${m}:${String(s).padStart(2, "0")}`;
  };

  // "3 of 8", in the words that the element brings.
  const count = (element, n, total) => window.words.fill(element.dataset.count, { n, total });

  // --- Where we are -----------------------------------------------------------------------------------------
  let currentStep = -1;
  let currentCue = -1;
  let scrolledByHand = 0;

  // The last entry that has begun, by halving: a transcript may have thousands of lines.
  const at = (entries, time) => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (entries[middle].start <= time + 0.05) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const time = () => (player ? player.currentTime : Number(page.dataset.startAt || 0));

  // Scrolls the list alone, never the page, and not while the person scrolls.
  const reveal = (element) => {
    const panel = element.closest(".panel");
    if (panel.hidden || panel.scrollHeight <= panel.clientHeight || Date.now() - scrolledByHand < 4000) return;
    const head = panel.querySelector(".transcript-search:not([hidden])")?.offsetHeight || 0;
    const [outer, inner] = [panel.getBoundingClientRect(), element.getBoundingClientRect()];
    if (inner.top >= outer.top + head && inner.bottom <= outer.bottom) return;
    panel.scrollTop += inner.top - outer.top - head - 16;
  };

  const mark = (entries, before, now, value) => {
    entries[before]?.element.removeAttribute("aria-current");
    if (!entries[now]) return;
    entries[now].element.setAttribute("aria-current", value);
    reveal(entries[now].element);
  };

  const show = (force) => {
    const now = time();
    const step = at(steps, now);
    if (step !== currentStep || force) {
      mark(steps, currentStep, step, "step");
      currentStep = step;
      if (steps.length) {
        byId("now-count").textContent = count(byId("now"), Math.max(step, 0) + 1, steps.length);
        byId("now-title").textContent = steps[Math.max(step, 0)].element.dataset.title;
        byId("previous").disabled = step <= 0 && now < 2;
        byId("next").disabled = step >= steps.length - 1;
      }
    }
    const cue = at(cues, now);
    const spoken = cue >= 0 && now < cues[cue].end ? cue : -1;
    if (spoken !== currentCue || force) {
      mark(cues, currentCue, spoken, "true");
      currentCue = spoken;
    }
  };

  for (const panel of document.querySelectorAll(".panel")) {
    for (const kind of ["wheel", "touchmove"]) {
      panel.addEventListener(kind, () => { scrolledByHand = Date.now(); }, { passive: true });
    }
  }

  // --- Seeking ----------------------------------------------------------------------------------------------
  const seek = (seconds, play = true) => {
    byId("resumed")?.setAttribute("hidden", "");
    scrolledByHand = 0;
    if (!player) {
      page.dataset.startAt = seconds;
      show(true);
      return;
    }
    player.currentTime = Math.max(0, seconds);
    if (play) player.play().catch(() => { /* The browser wants a click on the player first. */ });
    show();
  };
  const go = (by) => {
    const from = at(steps, time());
    const inside = steps[from] && time() - steps[from].start > 2;
    const to = steps[Math.max(0, from + (by < 0 && inside ? 0 : by))];
    if (to) seek(to.start, player ? !player.paused : false);
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("a[data-seek], a.cue");
    if (!link) return;
    event.preventDefault();
    const step = link.closest(".step");
    if (step) history.replaceState(null, "", `#${step.id}`);
    seek(Number(link.dataset.start ?? step.dataset.start));
  });

  // --- Steps, transcript and quiz ----------------------------------------------------------------------------
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const panelOf = (tab) => byId(tab.getAttribute("aria-controls"));
  const choose = (chosen) => {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", on);
      tab.tabIndex = on ? 0 : -1;
      panelOf(tab).hidden = !on;
    }
    scrolledByHand = 0;
    show(true);
  };
  for (const tab of tabs) {
    panelOf(tab).setAttribute("role", "tabpanel");
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.stopPropagation();
      const back = event.key === (tab.matches(":dir(rtl)") ? "ArrowRight" : "ArrowLeft");
      const other = tabs[(tabs.indexOf(tab) + (back ? tabs.length - 1 : 1)) % tabs.length];
      choose(other);
      other.focus();
    });
  }

  // --- Search -----------------------------------------------------------------------------------------------
  const search = byId("search");
  let hits = [];
  let hit = -1;
  const highlight = (element, words) => {
    const text = element.textContent;
    const where = words ? text.toLocaleLowerCase().indexOf(words) : -1;
    if (where < 0) {
      if (element.firstElementChild) element.textContent = text;
      return false;
    }
    const found = document.createElement("mark");
    found.textContent = text.slice(where, where + words.length);
    element.replaceChildren(text.slice(0, where), found, text.slice(where + words.length));
    return true;
  };
  const showHit = (index) => {
    cues.forEach(({ element }) => element.classList.remove("cue-found"));
    hit = index;
    const element = hits[hit];
    if (element) {
      element.classList.add("cue-found");
      scrolledByHand = 0;
      reveal(element);
      scrolledByHand = Date.now();
    }
    const found = byId("found");
    const said = hits.length ? count(found, hit + 1, hits.length) : found.dataset.nothing;
    found.textContent = search.value.trim() ? said : "";
  };
  search?.addEventListener("input", () => {
    const words = search.value.trim().toLocaleLowerCase();
    hits = cues.map(({ element }) => element).filter((element) => highlight(element.querySelector(".cue-text"), words));
    showHit(hits.length ? 0 : -1);
  });
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits.length) {
      event.preventDefault();
      showHit((hit + (event.shiftKey ? hits.length - 1 : 1)) % hits.length);
    } else if (event.key === "Escape") {
      search.value = "";
      search.dispatchEvent(new Event("input"));
      search.blur();
    }
  });

  // --- Keys -------------------------------------------------------------------------------------------------
  const chosen = () => tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  const openQuiz = () => {
    if (!byId("tab-quiz")) return;
    choose(byId("tab-quiz"));
    byId("tab-quiz").focus();
  };
  const captions = () => {
    const track = [...(player?.textTracks || [])].find(({ kind }) => kind === "captions");
    if (track) track.mode = track.mode === "showing" ? "hidden" : "showing";
  };
  const keys = {
    j: () => go(1), n: () => go(1), k: () => go(-1), p: () => go(-1), c: captions,
    " ": () => (player?.paused ? player.play() : player?.pause()),
    ArrowLeft: () => player && seek(player.currentTime - 5, !player.paused),
    ArrowRight: () => player && seek(player.currentTime + 5, !player.paused),
    t: () => tabs.length && choose(tabs[(chosen() + 1) % tabs.length]),
    q: openQuiz,
    "/": () => {
      if (!search) return;
      choose(byId("tab-transcript"));
      search.focus();
    },
    "?": () => byId("help").togglePopover(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [popover], .menu[open]") && event.key !== "?") return;
    // What has the focus keeps the keys that are its own: space presses a button, arrows move in the player.
    if (event.target.closest("button, summary, video, a") && [" ", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.target.closest("input, textarea")) return;
    event.preventDefault();
    act();
  });
  byId("previous")?.addEventListener("click", () => go(-1));
  byId("next")?.addEventListener("click", () => go(1));

  // --- Where we were ----------------------------------------------------------------------------------------
  const key = `position:${page.dataset.module}`;
  const remembered = () => {
    try {
      const [version, seconds] = (localStorage.getItem(key) || "").split(" ");
      return version === page.dataset.version ? Number(seconds) : 0;
    } catch { return 0; } // Storage is switched off.
  };
  let rememberedAt = 0;
  const remember = () => {
    if (Math.abs(player.currentTime - rememberedAt) < 2) return;
    rememberedAt = player.currentTime;
    try {
      if (player.duration - rememberedAt < 5) localStorage.removeItem(key);
      else localStorage.setItem(key, `${page.dataset.version} ${rememberedAt.toFixed(1)}`);
    } catch { /* Storage is switched off. */ }
  };
  const begin = () => {
    const linked = steps.find(({ element }) => `#${element.id}` === location.hash);
    if (page.dataset.startAt) return seek(Number(page.dataset.startAt), false);
    if (linked) {
      seek(linked.start, false);
      // The browser has scrolled the page to the step; where the list scrolls by itself, the page need not.
      if (getComputedStyle(linked.element.closest(".panel")).overflowY === "auto") window.scrollTo(0, 0);
      return;
    }
    const seconds = player ? remembered() : 0;
    if (seconds > 5) {
      seek(seconds, false);
      byId("resumed-at").textContent = clock(seconds);
      byId("resumed").hidden = false;
    }
  };
  byId("start-over")?.addEventListener("click", () => seek(0));
  window.addEventListener("hashchange", () => {
    const linked = steps.find(({ element }) => `#${element.id}` === location.hash);
    if (linked) seek(linked.start, false);
  });

  for (const id of ["now", "side-head", "transcript-search"]) if (byId(id)) byId(id).hidden = false;
  if (tabs.length) choose(tabs[0]);
  if (player) {
    for (const kind of ["timeupdate", "seeked"]) player.addEventListener(kind, () => show());
    player.addEventListener("timeupdate", remember);
    player.addEventListener("play", () => byId("resumed").setAttribute("hidden", ""));
    if (player.readyState) begin();
    else player.addEventListener("loadedmetadata", begin, { once: true });
  } else begin();
  show(true);
})();
