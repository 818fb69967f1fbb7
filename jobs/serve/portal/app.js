/* Sorting, filtering, keys, and unfolding before print. Without it every page still reads in full. */
(function () {
  "use strict";
  var page = document;
  page.documentElement.classList.add("js");

  function all(selector, within) { return Array.from((within || page).querySelectorAll(selector)); }
  function make(name, className, text) {
    var element = page.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function tell(text) { page.getElementById("said").textContent = text; }

  /* Sorting: a heading marked data-k becomes a button; cells compare by data-v where both have it, else as text. */
  var compareText = new Intl.Collator("zh-CN", { numeric: true }).compare;
  function compareCells(a, b) {
    var x = a.getAttribute("data-v"), y = b.getAttribute("data-v");
    return x !== null && y !== null ? x - y : compareText(a.textContent, b.textContent);
  }
  function sortable(table) {
    var body = table.tBodies[0], original = Array.from(body.rows);
    all("th[data-k]", table.tHead).forEach(function (heading) {
      var name = heading.textContent, button = make("button", "", name), column = heading.cellIndex;
      var first = heading.classList.contains("num") ? "descending" : "ascending";
      var second = first === "ascending" ? "descending" : "ascending";
      button.type = "button";
      heading.textContent = "";
      heading.appendChild(button);
      button.addEventListener("click", function () {
        var now = heading.getAttribute("aria-sort"), next = !now ? first : now === first ? second : "";
        all("th[aria-sort]", table).forEach(function (other) { other.removeAttribute("aria-sort"); });
        var rows = original.slice();
        if (next) {
          heading.setAttribute("aria-sort", next);
          rows.sort(function (a, b) { return compareCells(a.cells[column], b.cells[column]) * (next === "ascending" ? 1 : -1); });
        }
        rows.forEach(function (row) { body.appendChild(row); });
        tell(next ? "已按“" + name + "”" + (next === "ascending" ? "升序" : "降序") + "排列" : "已恢复默认次序");
      });
    });
  }
  all("table[data-sort]").forEach(sortable);

  /* Filtering: words that must all occur in a row, and one state. */
  function filterable(tools) {
    var table = page.getElementById(tools.getAttribute("data-for")), input = all("[data-text]", tools)[0];
    var chips = all("[data-chip]", tools), rows = Array.from(table.tBodies[0].rows), state = "";
    var empty = make("p", "empty");
    empty.hidden = true;
    table.parentNode.appendChild(empty);
    function apply() {
      var words = input.value.trim().toLowerCase().split(/\s+/), shown = 0;
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
        if (fits && state) fits = all(".st", row).some(function (sign) { return sign.textContent.trim() === state; });
        row.hidden = !fits;
        if (fits) shown += 1;
      });
      empty.hidden = shown > 0;
      empty.textContent = "没有符合“" + [input.value.trim(), state].filter(Boolean).join(" ＋ ") + "”的行。请减少条件，或按 Esc 清除。";
      tell("显示 " + shown + " 行，共 " + rows.length + " 行");
    }
    function choose(chip) {
      state = chip.getAttribute("data-chip");
      chips.forEach(function (other) { other.setAttribute("aria-pressed", String(other === chip)); });
      apply();
    }
    input.addEventListener("input", apply);
    input.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      input.value = "";
      if (chips.length) choose(chips[0]); else apply();
    });
    chips.forEach(function (chip) { chip.addEventListener("click", function () { choose(chip); }); });
  }
  all(".tools").forEach(filterable);

  /* Keys: only with a modifier, or inside a table (WCAG 2.1.4). */
  page.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      page.getElementById("q").focus();
      page.getElementById("q").select();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    var row = page.activeElement && page.activeElement.closest("tbody tr");
    if (!row) return;
    var rows = Array.from(row.parentNode.rows).filter(function (other) { return !other.hidden && all("a", other).length; });
    var next = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); all("a", next)[0].focus(); }
  });

  /* A link into something folded unfolds it; paper shows everything; narrow screens show the newest end of a chart. */
  function reveal() {
    var target = location.hash && page.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = target && target.closest("details");
    if (fold && !fold.open) { fold.open = true; target.scrollIntoView({ block: "center" }); }
  }
  window.addEventListener("hashchange", reveal);
  reveal();
  var folded = [];
  window.addEventListener("beforeprint", function () { folded = all("details:not([open])"); folded.forEach(function (fold) { fold.open = true; }); });
  window.addEventListener("afterprint", function () { folded.forEach(function (fold) { fold.open = false; }); });
  all("[data-end]").forEach(function (box) { box.scrollLeft = box.scrollWidth; });
})();
