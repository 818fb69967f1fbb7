/* Looking up resources, departments and elements on the first page. The index is a script of its own, fetched when it
   is first needed: file:// allows no fetch. Whatever it says is put in as text. */
(function () {
  "use strict";
  var page = document, MOST = 50, waiting = [];
  var root = page.body.getAttribute("data-root"), box = page.getElementById("lookup");
  var input = box.querySelector("input"), into = box.querySelector("[data-results]"), head = page.getElementById("q");

  function make(name, className, text) {
    var element = page.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function withIndex(use) {
    if (window.REPORT_INDEX) { use(window.REPORT_INDEX); return; }
    waiting.push(use);
    if (waiting.length > 1) return;
    var script = make("script");
    script.src = root + "index.js";
    script.addEventListener("load", function () {
      waiting.splice(0).forEach(function (later) { later(window.REPORT_INDEX); });
    });
    page.head.appendChild(script);
  }
  function signOf(state) {
    var sign = make("span", "st " + state[2], state[0]), space = "http://www.w3.org/2000/svg";
    var icon = page.createElementNS(space, "svg"), use = page.createElementNS(space, "use");
    icon.setAttribute("class", "ic");
    icon.setAttribute("aria-hidden", "true");
    use.setAttribute("href", "#i-" + state[1]);
    icon.appendChild(use);
    sign.insertBefore(icon, sign.firstChild);
    return sign;
  }
  function rowOf(item, index) {
    var row = make("li"), link = make("a", "", item[0]);
    link.href = root + item[3];
    if (index.states[item[2]]) { row.appendChild(signOf(index.states[item[2]])); row.appendChild(page.createTextNode(" ")); }
    row.appendChild(link);
    row.appendChild(make("span", "quiet", " " + index.beside[item[1]]));
    return row;
  }
  function show(query, index) {
    var words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
    into.textContent = "";
    if (!words.length) return;
    var hits = index.items.filter(function (item) {
      var text = [item[0], index.beside[item[1]], item[3], item[4]].join(" ").toLowerCase();
      return words.every(function (word) { return text.indexOf(word) >= 0; });
    });
    var found = "找到 " + hits.length + " 项" + (hits.length > MOST ? "，列出前 " + MOST + " 项" : "");
    var none = "没有符合“" + query.trim() + "”的目录、部门或数据元。请减少条件，或按 Esc 清除。";
    into.appendChild(make("p", hits.length ? "note" : "empty", hits.length ? found : none));
    var list = make("ul", "plain");
    hits.slice(0, MOST).forEach(function (item) { list.appendChild(rowOf(item, index)); });
    into.appendChild(list);
    page.getElementById("said").textContent = hits.length ? found : none;
  }
  function look() { withIndex(function (index) { show(input.value, index); }); }
  function go(text) {
    input.value = text;
    look();
    page.getElementById("catalog").scrollIntoView();
    input.focus({ preventScroll: true });
  }
  input.addEventListener("input", look);
  input.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { input.value = ""; look(); }
  });
  head.form.addEventListener("submit", function (event) { event.preventDefault(); go(head.value); });
  var asked = new URLSearchParams(location.search).get("q");
  if (asked) { head.value = asked; go(asked); }
})();
