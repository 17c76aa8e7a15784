package interop

import (
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// measured is what the browser says of a page: how many texts it shows, and those that are too faint by
// https://www.w3.org/TR/WCAG22/#contrast-minimum.
type measured struct {
	Texts int
	Faint []string
	Shown []string // what only a screen is for and is shown nevertheless
	Wide  int      // by how many pixels the page is wider than its paper
}

// measuring is a script that measures the contrast of each text against what is behind it. All that is folded is unfolded.
const measuring = `<script>
const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const parse = s => (s.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0.99) return c } return [255, 255, 255] };
addEventListener("load", () => setTimeout(() => {
  for (const d of document.querySelectorAll("details")) d.open = true;
  const said = {Texts: 0, Faint: [], Shown: [], Wide: document.documentElement.scrollWidth - innerWidth}, walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement, s = getComputedStyle(e), text = n.data.trim();
    if (!text || e.closest("script, style, option, [hidden]") || s.display === "none" || s.visibility === "hidden") continue;
    said.Texts++;
    const fore = parse(e.closest("svg") ? s.fill : s.color), a = light(fore), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size = parseFloat(s.fontSize);
    const least = size >= 24 || size >= 18.66 && s.fontWeight >= 700 ? 3 : 4.5;
    if (ratio < least && said.Faint.length < 20) said.Faint.push(ratio.toFixed(2) + " " + e.tagName + "." + e.className + " " + text.slice(0, 40));
  }
  for (const q of ["nav", "#filter"]) if (document.querySelector(q)?.offsetHeight > 0) said.Shown.push(q);
  const out = document.createElement("pre"); out.id = "measured"; out.textContent = JSON.stringify(said); document.body.append(out);
}, 200));
</script></body>`

// TestEachTextOfAPageStandsOutFromWhatIsBehindIt, in the light and in the dark, and on paper.
func TestEachTextOfAPageStandsOutFromWhatIsBehindIt(t *testing.T) {
	browser := chromium(t)
	raw, err := os.ReadFile(reports(t)["html"][0])
	if err != nil {
		t.Fatal(err)
	}
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
	if !policy.Match(raw) {
		t.Fatal("the page has no policy that would refuse the measuring script")
	}
	page := strings.Replace(policy.ReplaceAllString(string(raw), ""), "</body>", measuring, 1)
	paper := strings.NewReplacer("@media print", "@media all", "(prefers-color-scheme: dark)", "print").Replace(page)
	faint := strings.Replace(page, "</style>", ".brand { color: #ccc !important }</style>", 1)
	for name, c := range map[string]struct {
		page, flag string
		faint      bool
	}{
		"light": {page, "--blink-settings=preferredColorScheme=1", false},
		"dark":  {page, "--blink-settings=preferredColorScheme=0", false},
		"paper": {paper, "--window-size=794,1123", false},
		"faint": {faint, "--blink-settings=preferredColorScheme=1", true}, // what it says of a page that is not well
	} {
		got := measure(t, browser, c.page, c.flag)
		if got.Texts < 500 || (len(got.Faint) > 0) != c.faint {
			t.Errorf("%s: of %d texts these are too faint:\n%s", name, got.Texts, strings.Join(got.Faint, "\n"))
		}
		if name == "paper" && (len(got.Shown) > 0 || got.Wide > 0) {
			t.Errorf("on paper there are %v, and %d pixels are cut off", got.Shown, got.Wide)
		}
	}
}

func measure(t *testing.T, browser, page, flag string) measured {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", flag, "--dump-dom", "file://"+file)
	cmd.Env = environment(t)
	dom := string(output(t, cmd))
	_, said, found := strings.Cut(dom, `<pre id="measured">`)
	said, _, _ = strings.Cut(said, "</pre>")
	var out measured
	if err := json.Unmarshal([]byte(html.UnescapeString(said)), &out); err != nil || !found {
		t.Fatalf("the browser did not measure: %v %s", err, said)
	}
	return out
}
