(function () {
  "use strict";
  var form = document.getElementById("filter"), shown = document.getElementById("shown");
  var articles = Array.prototype.slice.call(document.querySelectorAll("article[data-t]"));
  var listed = {}, severity = {}, asked = {}, pending = 0;
  document.querySelectorAll("tr[data-r]").forEach(function (row) { listed["r" + row.getAttribute("data-r")] = row; });
  document.querySelectorAll("article.c").forEach(function (c) {
    var id = c.getAttribute("data-c"), t = c.getAttribute("data-t");
    severity[id] = c.getAttribute("data-s");
    (asked[t] = asked[t] || []).push(id);
  });
  // ids of the controls in a line of those that passed or do not apply; where only their number is told, all that are not named otherwise
  function ids(line) {
    if (line.hasAttribute("data-n")) {
      var a = line.parentNode, named = {};
      a.querySelectorAll("td a").forEach(function (l) { named[l.textContent] = true; });
      a.querySelectorAll("p.N").forEach(function (p) { ids(p).forEach(function (id) { named[id] = true; }); });
      return (asked[a.getAttribute("data-t")] || []).filter(function (id) { return !named[id]; });
    }
    return line.querySelector("span").textContent.split(", ").map(function (id) { return id.replace(/ \(\d+\)$/, ""); });
  }
  function row(tr, want, named) {
    var c = tr.className.split(" "), muted = c.indexOf("M") >= 0, id = tr.querySelector("a").textContent;
    if (want.v === "M" ? !muted : want.v && (muted || c.indexOf(want.v) < 0)) return false;
    if (want.s && c.indexOf(want.s) < 0) return false;
    if (want.c && id !== want.c) return false;
    return named || tr.textContent.toLowerCase().indexOf(want.q) >= 0;
  }
  function line(p, want, named) {
    if (want.v && want.v !== p.className) return false;
    return ids(p).some(function (id) {
      return (!want.c || id === want.c) && (!want.s || severity[id] === want.s) && (named || id.indexOf(want.q) >= 0);
    });
  }
  function apply() {
    pending = 0;
    var want = {}, any = false, n = 0, found = 0;
    ["q", "v", "s", "c", "a", "g", "t"].forEach(function (k) { want[k] = form.elements[k].value; any = any || want[k] !== ""; });
    want.s = want.s.charAt(0);
    want.q = want.q.trim().toLowerCase();
    articles.forEach(function (a) {
      var here = (!want.a || a.getAttribute("data-a") === want.a) && (!want.g || a.getAttribute("data-g") === want.g) && (!want.t || a.getAttribute("data-t") === want.t);
      var named = !want.q || a.querySelector("h3").textContent.toLowerCase().indexOf(want.q) >= 0, some = false;
      if (here) {
        a.querySelectorAll("table").forEach(function (t) {
          var left = 0;
          t.querySelectorAll("tr[class]").forEach(function (tr) { var ok = row(tr, want, named); tr.hidden = !ok; if (ok) left++; });
          t.hidden = left === 0;
          found += left;
          some = some || left > 0;
        });
        a.querySelectorAll("p.P, p.N").forEach(function (p) { var ok = line(p, want, named); p.hidden = !ok; some = some || ok; });
        some = some || named && !want.v && !want.s && !want.c;
      }
      a.hidden = !(here && some);
      if (listed[a.id]) listed[a.id].hidden = a.hidden;
      if (!a.hidden) n++;
    });
    shown.textContent = any ? n + " of " + articles.length + " resources, " + found + " of their findings below" : articles.length + " resources";
  }
  form.hidden = false;
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.addEventListener("input", function () { clearTimeout(pending); pending = setTimeout(apply, 120); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  // report.html#?v=F&s=critical opens with that filter
  if (location.hash.slice(0, 2) === "#?") {
    new URLSearchParams(location.hash.slice(2)).forEach(function (value, name) {
      if (form.elements[name]) form.elements[name].value = value;
    });
  }
  apply();
})();
