// The quiz of a training: each question is checked by itself; at the end it says how many were right.
(() => {
  "use strict";
  const quiz = document.getElementById("quiz");
  if (!quiz) return;
  const words = quiz.dataset;
  const byId = (id) => document.getElementById(id);
  const forms = [...quiz.querySelectorAll("form")];
  const summary = byId("quiz-summary");
  const answer = (form) => form.querySelector("details");
  const verdict = (form) => form.querySelector(".verdict");
  const button = (form) => form.querySelector(".question-foot button");
  const options = (form) => [...form.querySelectorAll(".option")];
  const open = () => forms.filter((form) => !form.dataset.result);

  const reset = (form) => {
    delete form.dataset.result;
    form.reset();
    for (const option of options(form)) {
      option.classList.remove("option-right", "option-wrong");
      option.querySelector("input").disabled = false;
    }
    verdict(form).textContent = "";
    verdict(form).className = "verdict";
    answer(form).hidden = true;
    answer(form).open = false;
    button(form).textContent = words.check;
    button(form).hidden = false;
    button(form).classList.add("button-primary");
  };

  const finish = () => {
    const right = forms.filter((form) => form.dataset.result === "right").length;
    byId("quiz-score").textContent = window.words.fill(words.score, { right, total: forms.length });
    byId("quiz-words").textContent = right === forms.length ? words.allRight : words.someWrong;
    summary.hidden = false;
  };

  const check = (form) => {
    const chosen = options(form).findIndex((option) => option.querySelector("input").checked);
    if (chosen < 0) {
      verdict(form).textContent = words.choose;
      return;
    }
    const right = Number(form.dataset.right);
    const good = chosen === right;
    form.dataset.result = good ? "right" : "wrong";
    for (const option of options(form)) option.querySelector("input").disabled = true;
    options(form)[right].classList.add("option-right");
    if (!good) options(form)[chosen].classList.add("option-wrong");
    const said = options(form)[right].querySelector(".option-text").textContent;
    verdict(form).textContent = good ? words.right : window.words.fill(words.wrong, { answer: said });
    verdict(form).classList.add(good ? "verdict-right" : "verdict-wrong");
    answer(form).hidden = false;
    answer(form).open = true;
    // The button keeps the focus, so the next press of a key goes to the next question.
    button(form).textContent = open().length ? words.next : words.result;
    button(form).classList.remove("button-primary");
    if (!open().length) finish();
  };

  const goOn = (form) => {
    const rest = open();
    if (!rest.length) {
      summary.scrollIntoView({ block: "nearest" });
      summary.focus({ preventScroll: true });
      return;
    }
    button(form).hidden = true;
    const next = rest.find((other) => forms.indexOf(other) > forms.indexOf(form)) || rest[0];
    next.closest(".question").scrollIntoView({ block: "start" });
    next.querySelector("input").focus({ preventScroll: true });
  };

  for (const form of forms) {
    form.querySelector(".question-foot").hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.result) goOn(form);
      else check(form);
    });
    form.addEventListener("change", () => { verdict(form).textContent = ""; });
    reset(form);
  }
  byId("quiz-again").addEventListener("click", () => {
    forms.forEach(reset);
    summary.hidden = true;
    quiz.closest(".panel").scrollTop = 0;
    quiz.querySelector(".question").scrollIntoView({ block: "nearest" });
    quiz.querySelector("input").focus({ preventScroll: true });
  });
})();
