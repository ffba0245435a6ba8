// Workbooks that show a view: their prose stands below it, and there is a way to the notebook
// itself where the page's server has one. Whoever goes there takes users, phase and inputs along,
// and can come back with them.

if (DATA.books.length) {
  const links = DATA.books.map(([tab, title, address], k) => {
    const prose = document.getElementById(`prose-${k}`)?.content;
    const words = prose ? "Open it as a notebook, computed by Python" : title;
    return { tab, title, address, prose, link: el("a", { href: address, onpointerdown: () => lead(), onclick: () => lead() }, words) };
  });
  const lead = () => {
    for (const { address, link } of links) link.setAttribute("href", `${address}&${understood()}`);
  };
  TABS.forEach(([name], i) => {
    const here = links.filter(({ tab }) => tab === name);
    for (const { title, prose, link } of here.filter((each) => each.prose)) {
      tabs.panels[i].append(el("section", { class: "card prose", "aria-label": title }, el("h2", {}, title), prose, el("p", { class: "books" }, link)));
    }
    const rest = here.filter((each) => !each.prose).flatMap(({ link }, k) => (k ? [" · ", link] : [link]));
    if (rest.length) tabs.panels[i].append(el("p", { class: "books" }, "Also as notebooks: ", ...rest));
  });
  followers.push(lead);
  lead();
}
