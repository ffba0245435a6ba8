// Tabs: several views of one state. All of them are in the page, one is shown, and paper has all.
// The pattern is that of the ARIA Authoring Practices: arrows, Home and End move, one tab stop.

// A topic has a tab where a phase has something of it.
const TABS = DATA.tabs.filter(([name]) => DATA.phases.some(({ topics }) => topics[name]?.length !== 0));

class Tabs {
  // Sections by the name of their tab; `turned` is told the name of the tab that was chosen.
  constructor(sections, turned) {
    this.turned = turned;
    this.buttons = TABS.map(([name, title]) => el("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`,
      onclick: () => this.choose(name), onkeydown: (event) => this.pressed(event),
    }, title));
    this.strip = el("div", { class: "tabs", role: "tablist", "aria-label": "Views of this system" }, ...this.buttons);
    this.panels = TABS.map(([name]) => el("div", {
      class: "panel", role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, tabindex: 0,
    }, ...sections[name]));
    this.show(TABS[0][0]);
  }
  show(chosen) {
    TABS.forEach(([name], i) => {
      this.buttons[i].setAttribute("aria-selected", String(name === chosen));
      this.buttons[i].setAttribute("tabindex", name === chosen ? 0 : -1);
      this.panels[i].hidden = name !== chosen;
    });
  }
  choose(name) {
    this.show(name);
    this.turned(name);
  }
  pressed(event) {
    const at = this.buttons.indexOf(event.currentTarget), last = TABS.length - 1;
    const to = { ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at > 0 ? at - 1 : last, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.buttons[to].focus();
    this.choose(TABS[to][0]);
  }
}
