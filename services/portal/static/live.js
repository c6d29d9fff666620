// Keeps a page up to date: hears that something is new, fetches the page again and changes the sections that differ.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;

  const line = document.getElementById("live-line");
  const status = document.getElementById("live-status");
  const zone = { timeZone: "Europe/Copenhagen", hour: "2-digit", minute: "2-digit", hour12: false };
  let latest = clock();
  let version = live.dataset.version;
  let failures = 0;
  let source = null;
  let polling = null;
  let fetching = false;
  let again = false;
  let saidAt = 0;
  let saying = null;
  let typed = false;
  let retry = null;
  const waiting = new Map();
  const unsaid = new Map();
  const touched = new WeakSet();

  function clock() {
    const shown = new Intl.DateTimeFormat("en-GB", zone).format(new Date());
    return live.dataset.lang === "da" ? shown.replace(":", ".") : shown;
  }

  function tell(on) {
    live.classList.toggle("is-on", on);
    line.textContent = (on ? live.dataset.on : live.dataset.off).replace("{time}", latest);
  }

  // A section is left alone while somebody is in it, or has typed into it; that a link led to it is no reason.
  function busy(section) {
    const focused = document.activeElement;
    return (section !== focused && section.contains(focused)) || touched.has(section);
  }

  function swap(section, fresh) {
    const open = [...section.querySelectorAll("details[open]")].map((each) => each.id);
    const ledTo = section === document.activeElement;
    section.replaceWith(fresh);
    if (ledTo) fresh.focus({ preventScroll: true });
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  }

  // Two sections say the same when they differ only in what each form gets anew.
  function sameAs(section, fresh) {
    const bare = (each) => {
      const copy = each.cloneNode(true);
      copy.querySelectorAll("input[name=key]").forEach((input) => input.remove());
      copy.querySelectorAll("details").forEach((details) => details.removeAttribute("open"));
      return copy.outerHTML;
    };
    return bare(section) === bare(fresh);
  }

  // At most once in five seconds; what changes in between is said together at their end, and each by its newest state.
  function announce(changed) {
    changed.filter((each) => each.dataset.state).forEach((each) => unsaid.set(each.id, each.dataset));
    if (unsaid.size && saying === null) saying = setTimeout(say, Math.max(0, saidAt + 5000 - Date.now()));
  }

  function say() {
    saying = null;
    saidAt = Date.now();
    status.textContent = [...unsaid.values()]
      .map((each) => live.dataset.announce.replace("{track}", each.track).replace("{state}", each.state))
      .join(". ");
    unsaid.clear();
  }

  function update(page) {
    const changed = [];
    const sections = [...page.querySelectorAll("[data-live]")];
    // What has sections that this page has not, as of who takes part from now on, is loaded whole.
    if (!typed && sections.some((fresh) => !document.getElementById(fresh.id))) return location.reload();
    sections.forEach((fresh) => {
      const section = document.getElementById(fresh.id);
      waiting.delete(fresh.id);
      if (!section || sameAs(section, fresh)) return;
      if (section.dataset.state !== fresh.dataset.state) changed.push(fresh);
      if (busy(section)) waiting.set(fresh.id, fresh);
      else swap(section, fresh);
    });
    return announce(changed);
  }

  async function refresh() {
    if (fetching) {
      again = true;
      return;
    }
    fetching = true;
    let partly = true;
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
      partly = answer.status >= 500;
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("live");
        version = fresh?.dataset.version ?? version;
        partly = Boolean(fresh && "partly" in fresh.dataset);
        update(page);
        latest = clock();
        tell(source !== null && source.readyState === EventSource.OPEN);
      }
    } catch {
      tell(false);
    } finally {
      fetching = false;
      askAgain(partly);
      if (again) {
        again = false;
        refresh();
      }
    }
  }

  // What a service was asked for and did not answer no stream tells of: the page asks until all of it is there.
  function askAgain(partly) {
    clearTimeout(retry);
    retry = partly ? setTimeout(refresh, 5000) : null;
  }

  function lost() {
    failures += 1;
    if (source.readyState === EventSource.CLOSED && failures < 3) setTimeout(listen, 2000);
    if (failures < 3) return;
    source.close();
    tell(false);
    polling = polling || setInterval(() => { refresh(); listen(); }, 30000);
  }

  function listen() {
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource(live.dataset.stream);
    source.addEventListener("open", () => {
      failures = 0;
      clearInterval(polling);
      polling = null;
      latest = clock();
      tell(true);
    });
    source.addEventListener("status", (event) => {
      if (event.data !== version) refresh();
    });
    source.addEventListener("error", lost);
  }

  document.addEventListener("input", (event) => {
    typed = true;
    const section = event.target.closest("[data-live]");
    if (section) touched.add(section);
  });
  document.addEventListener("focusout", () => setTimeout(() => {
    waiting.forEach((fresh, id) => {
      const section = document.getElementById(id);
      if (!section || busy(section)) return;
      waiting.delete(id);
      swap(section, fresh);
    });
  }, 0));
  window.addEventListener("pagehide", () => {
    source?.close();
    askAgain(false);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    listen();
    refresh();
  });
  listen();
  askAgain("partly" in live.dataset);
})();
