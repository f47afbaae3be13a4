// Keys for officers: walking a list, choosing rows, submitting a task; a click on a phrase writes it. Without this script every
// link and button is still there for Tab and Enter. Letters do nothing while somebody types.
const typing = (e) => e.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") || e.ctrlKey || e.metaKey || e.altKey;
const rows = () => [...document.querySelectorAll("[data-part=rows] tbody tr, table.stack tbody tr")].filter((row) => row.querySelector("a"));
const form = document.getElementById("form");

function walk(step) {
  const all = rows(), at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at === -1 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  if (next) next.querySelector("a").focus();
}

function choose() {
  const row = document.activeElement.closest("tr"), box = row && row.querySelector("input.pick");
  if (box) box.click();
}

function press(selector) {
  const button = document.querySelector(selector);
  if (button) button.click();
  return Boolean(button);
}

const LETTERS = {
  j: () => walk(1),
  k: () => walk(-1),
  x: choose,
  c: () => press("[data-key=claim]"),
  u: () => press("[data-key=back]"),
  n: () => press("[data-key=next]"),
  "/": () => document.getElementById("q")?.focus(),
  "?": () => { const help = document.querySelector("[data-keys]"); if (help) { help.open = !help.open; help.querySelector("summary").focus(); } },
};

document.addEventListener("keydown", (event) => {
  if (form && (event.ctrlKey || event.metaKey) && (event.key === "Enter" || event.key === "s")) {
    const button = form.querySelector(event.key === "s" ? "button[value=save]" : "[data-key=submit]");
    if (button) { event.preventDefault(); form.requestSubmit(button); }
    return;
  }
  const act = typing(event) ? null : LETTERS[event.key];
  if (act) { event.preventDefault(); act(); }
});

document.addEventListener("click", (event) => {
  const phrase = event.target.closest("[data-phrase]");
  const field = phrase && document.getElementById("f-opinion");
  if (!field) return;
  field.value = [field.value.trim(), phrase.textContent.trim()].filter(Boolean).join(" ");
  field.focus();
});

for (const shown of document.querySelectorAll("[data-keys], [data-phrases]")) shown.hidden = false;
