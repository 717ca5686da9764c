// Every page: menus close on Escape and on a click elsewhere; copy buttons; <time> in local words.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const label = button.querySelector("[data-copy-label]") || button;
    const before = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        label.textContent = "Copied";
      } catch {
        // No clipboard (an address without HTTPS): the text is selected, for the person's own copy key.
        label.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { label.textContent = before; }, 2500);
    });
  }

  for (const time of document.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
  }
})();
