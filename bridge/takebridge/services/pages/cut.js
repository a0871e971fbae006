"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const root = document.documentElement;
  const byPair = new Map();
  for (const part of all("[data-p]")) {
    for (const pair of part.dataset.p.split(" ")) {
      if (!byPair.has(pair)) byPair.set(pair, []);
      byPair.get(pair).push(part);
    }
  }

  // Both ends of a match light up together.
  let lit = [];
  const light = (event) => {
    for (const part of lit) part.classList.remove("on");
    const under = event.target.closest ? event.target.closest("[data-p]") : null;
    lit = under ? under.dataset.p.split(" ").flatMap((pair) => byPair.get(pair)) : [];
    for (const part of lit) part.classList.add("on");
  };
  document.addEventListener("pointerover", light);
  document.addEventListener("focusin", light);

  // Chips and the search box say which changes to look at.
  const chips = all(".chip");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.value);
    const text = search.value.trim().toLowerCase();
    const fits = (part) =>
      (!words.length || part.dataset.w.split(" ").some((word) => words.includes(word))) &&
      (!text || part.dataset.s.toLowerCase().includes(text));
    for (const part of all(".c, .t")) part.classList.toggle("dim", !fits(part));
    let rows = 0;
    for (const row of all("tr[data-w]")) {
      row.hidden = !fits(row);
      rows += row.hidden ? 0 : 1;
    }
    if (shown) shown.textContent = words.length || text ? `${rows} in the list` : "";
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  search.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    search.value = "";
    filter();
  });

  // Zoom keeps the middle of the view where it is.
  const zoom = document.getElementById("zoom");
  const scroll = document.querySelector(".scroll");
  const inner = document.querySelector(".inner");
  const setZoom = (value, at = 0.5) => {
    const middle = (scroll.scrollLeft + scroll.clientWidth * at) / inner.offsetWidth;
    zoom.value = String(value);
    const factor = 2 ** Number(zoom.value);
    inner.style.setProperty("--z", String(factor));
    inner.dataset.level = factor >= 55 ? "3" : factor >= 14 ? "2" : factor >= 3.5 ? "1" : "0";
    scroll.scrollLeft = middle * inner.offsetWidth - scroll.clientWidth * at;
  };
  zoom.addEventListener("input", () => setZoom(zoom.value));
  scroll.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const at = (event.clientX - scroll.getBoundingClientRect().left) / scroll.clientWidth;
      setZoom(Number(zoom.value) - Math.sign(event.deltaY) * 0.5, at);
    },
    { passive: false },
  );

  // Going to a clip: near enough to see it, in the middle, both ends lit, and what happened to it below.
  const now = document.getElementById("now");
  let at = null;
  const tell = (row) => {
    at = row;
    now.querySelector("div").replaceChildren(...[...row.cells].map((cell) => {
      const part = document.createElement("div");
      part.append(...[...cell.childNodes].map((child) => child.cloneNode(true)));
      return part;
    }));
    now.querySelector("a").href = `#${row.id}`;
    now.hidden = false;
  };
  const go = (clip) => {
    const small = 4800 / (Number(clip.dataset.f) * inner.offsetWidth);
    if (small > 2) setZoom(Math.min(Number(zoom.max), Number(zoom.value) + Math.round(Math.log2(small))));
    scroll.scrollLeft = clip.offsetLeft + clip.offsetWidth / 2 - scroll.clientWidth / 2;
    clip.parentElement.scrollIntoView({ block: "center" });
    light({ target: clip });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go], a.c");
    if (!link) return;
    const clip = link.dataset.go ? document.getElementById(link.dataset.go) : link;
    const row = document.getElementById(link.dataset.go ? link.closest("[data-p]")?.id : link.hash.slice(1));
    if (!clip || (link === clip && !row?.cells)) return;
    event.preventDefault();
    if (row?.cells) tell(row);
    if (link !== clip) go(clip);
  });
  const step = (by) => {
    const rows = all("tr[data-w]").filter((row) => !row.hidden);
    if (!rows.length) return;
    const place = rows.indexOf(at);
    const row = rows[place < 0 ? (by > 0 ? 0 : rows.length - 1) : (place + by + rows.length) % rows.length];
    tell(row);
    const links = [...row.querySelectorAll("a[data-go]")];
    const clip = links.length ? document.getElementById(links[links.length - 1].dataset.go) : null;
    if (clip) go(clip);
  };
  document.getElementById("next").addEventListener("click", () => step(1));
  document.getElementById("previous").addEventListener("click", () => step(-1));
  document.addEventListener("keydown", (event) => {
    if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
  now.querySelector("button").addEventListener("click", () => {
    now.hidden = true;
  });

  const theme = document.getElementById("theme");
  const wanted = window.matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const setTheme = (name) => {
    root.dataset.theme = name;
    theme.textContent = name === "dark" ? "Light" : "Dark";
  };
  theme.addEventListener("click", () => setTheme(root.dataset.theme === "dark" ? "light" : "dark"));
  setTheme(wanted);
})();
