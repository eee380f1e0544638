'use strict';
// The views, their tabs, and the address.

const VIEWS = [collapse, flow, map, product, runs, configuration];
const place = document.getElementById('view');
const tabs = document.getElementById('tabs');
let present = null;
let pending = 0;

/** Puts the state into the address, at most a few times a second. */
function remember() {
  clearTimeout(pending);
  pending = setTimeout(() => history.replaceState(null, '', address(present.view.name, present.view.parameters)), 150);
}

function enter(view) {
  clearTimeout(pending);
  present?.shown.stop();
  place.replaceChildren();
  place.className = view.name;
  place.setAttribute('aria-labelledby', `tab-${view.name}`);
  for (const tab of tabs.children) {
    const chosen = tab.id === `tab-${view.name}`;
    tab.setAttribute('aria-selected', chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
  document.title = `${view.title} – collapsar explorer`;
  present = { view, shown: { stop: () => undefined } };
  present.shown = view.show(place);
}

for (const view of VIEWS) {
  const tab = html('button', { type: 'button', role: 'tab', id: `tab-${view.name}`, 'aria-controls': 'view' }, view.title);
  tab.addEventListener('click', () => {
    history.pushState(null, '', address(view.name, view.parameters));
    enter(view);
  });
  tabs.append(tab);
}

tabs.addEventListener('keydown', (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const all = [...tabs.children];
  const next = all[(all.indexOf(document.activeElement) + by + all.length) % all.length];
  next.focus();
  next.click();
});

/** The view that the address names. */
function arrive() {
  const name = read(location.hash);
  enter(VIEWS.find((view) => view.name === name) ?? VIEWS[0]);
}

window.addEventListener('popstate', arrive);
place.setAttribute('role', 'tabpanel');
arrive();

library.then(
  () => document.getElementById('loading').remove(),
  (error) => (document.getElementById('loading').textContent = `The library cannot be started: ${error.message}`),
);
new Lane({ interrupts: false }).ask({ verb: 'version', text: '' }).then(({ record }) => {
  document.getElementById('version').textContent = `collapsar ${record}`;
}, () => undefined);
