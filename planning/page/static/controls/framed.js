// A page in a notebook's frame: what is moved here is told to the notebook, and what the notebook
// asks for is shown here. Both are said as an address says it, so there is one way to say a state;
// what only this page knows (a comparison, growth, sizes of events) stays as it is here.

let heard = null; // the state that both sides have; null until the notebook has said its own

followers.push((said) => {
  if (heard === null || said === heard) return;
  heard = said;
  window.parent.postMessage({ planning: said }, "*");
});

// Show another state; one that cannot be computed is told, and the one before it stays.
function adopt(words) {
  const before = { ...state };
  Object.assign(state, { phase: 0, users: DATA.target, moves: new Map(), why: -1 });
  now.fields = [];
  const unknown = recall(words);
  try {
    refresh(true);
    complain(unknown);
  } catch (error) {
    Object.assign(state, before);
    now.fields = [];
    phases.value = state.phase;
    tabs.show(state.tab);
    refresh(true);
    complain(`That cannot be computed: ${error.message} The numbers are those before it.`);
  }
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || typeof event.data?.planning !== "string") return;
  document.documentElement.dataset.scheme = event.data.scheme;
  const asked = event.data.planning;
  if (asked !== understood()) adopt(asked);
  // Where the page could not follow, the notebook is told what is shown instead.
  heard = asked;
  remember();
  later();
});
window.parent.postMessage({ planning: null }, "*");
