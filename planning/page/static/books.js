// Workbooks that show a view in prose and formulas, where the page's server has some. Whoever
// goes there takes users, phase and inputs along, and can come back with them.

if (DATA.books.length) {
  const links = DATA.books.map(([tab, title, address]) => {
    const link = el("a", { href: address, onpointerdown: () => lead(), onclick: () => lead() }, title);
    return { tab, address, link };
  });
  const lead = () => {
    for (const { address, link } of links) link.setAttribute("href", `${address}&${carried()}`);
  };
  TABS.forEach(([name], i) => {
    const here = links.filter(({ tab }) => tab === name).flatMap(({ link }, k) => (k ? [" · ", link] : [link]));
    if (here.length) tabs.panels[i].append(el("p", { class: "books" }, "In prose and formulas: ", ...here));
  });
  followers.push(lead);
  lead();
}
