// Keeps an officer's list fresh: hears marks from the server, fetches the page again and swaps the parts that nobody is working in.
// Without this script the page is the same, only still.
const root = document.querySelector("[data-live]");
const CALM = 2000, POLL = 20000, SILENT = 10000;
let source = null, timer = 0, known = root.dataset.mark;

const parts = () => [...document.querySelectorAll("[data-part]")];

function isBusy(part) {
  const typed = [...part.querySelectorAll("input, textarea, select")].some((e) =>
    e.type === "checkbox" || e.type === "radio" ? e.checked !== e.defaultChecked : e.value !== e.defaultValue && e.tagName !== "SELECT");
  return part.contains(document.activeElement) || typed || part.querySelector("details[open]") !== null;
}

async function refresh(mark) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let left = false;
  for (const part of parts()) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!other || other.innerHTML === part.innerHTML) continue;
    if (isBusy(part)) left = true;
    else part.replaceChildren(...other.childNodes);
  }
  const news = document.querySelector("[data-news]");
  if (news) news.hidden = !left;
  if (!left) known = mark;
}

function took(mark) {
  if (mark && mark !== known) refresh(mark).catch(() => {});
}

async function poll() {
  try {
    const answer = await fetch(root.dataset.live, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok) took((await answer.json()).mark);
  } catch { /* the next turn will do */ }
}

function listen() {
  stop();
  if (!window.EventSource) return fallBack();
  source = new EventSource(root.dataset.live);
  timer = setTimeout(fallBack, SILENT);
  source.addEventListener("mark", (event) => {
    clearTimeout(timer);
    took(JSON.parse(event.data).mark);
  });
  source.onerror = () => { if (source && source.readyState === EventSource.CLOSED) fallBack(); };
}

function fallBack() {
  stop();
  poll();
  timer = setInterval(poll, POLL);
}

function stop() {
  if (source) source.close();
  source = null;
  clearTimeout(timer);
  clearInterval(timer);
}

// A page that nobody looks at needs no stream; one that just opened needs a moment to settle.
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
setTimeout(() => document.hidden || listen(), CALM);
