// Every page: menus close on Escape and on a click elsewhere; copy buttons; <time> in local words.
// No script holds a word that a person reads: the templates give them in data- attributes, in the reader's language.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // --- Words, for all scripts ---------------------------------------------------------------------------------
  // The page's digits, as the server writes them.
  const number = (value, digits = 0) => value.toLocaleString(root.lang, {
    minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false, numberingSystem: "latn",
  });
  // "{n} of {total}" with its values put in.
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
  // forms: the sentence for each plural category of the language, as `plural_forms` in formatting.py makes them.
  const plural = (forms, n) => fill(forms[new Intl.PluralRules(root.lang).select(n)] ?? forms.other, { n: number(n) });
  window.words = { number, fill, plural };

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
        label.textContent = button.dataset.copied;
      } catch {
        // No clipboard (an address without HTTPS): the text is selected, for the person's own copy key.
        label.textContent = button.dataset.notCopied;
      }
      setTimeout(() => { label.textContent = before; }, 2500);
    });
  }

  for (const time of document.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
  }
})();
