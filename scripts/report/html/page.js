// Search, filters and key colours of the object list. The page is complete without this script.
const search = document.querySelector('[role="search"]');
const list = document.querySelector('.objects');

if (search && list) {
  const [text, kind, namespace, target] = search.querySelectorAll('input, select');
  const status = document.querySelector('[role="status"]');
  const all = status.textContent;
  const targetNames = [...target.options].slice(1).map((option) => option.text);
  const objects = [...list.children].map((item) => {
    const targets =
      item.dataset.targets === '*' ? targetNames.map((_, index) => String(index)) : item.dataset.targets.split(' ');
    const [kindText, name] = [...item.querySelectorAll('summary span')].map((part) => part.textContent);
    return {
      item,
      kind: kindText,
      namespace: item.dataset.namespace,
      targets: new Set(targets),
      words: [kindText, name, item.dataset.origin, ...targets.map((index) => targetNames[index])]
        .join('\n')
        .toLowerCase(),
    };
  });

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const object of objects) {
      const matches =
        (kind.value === '' || kind.value === object.kind) &&
        (namespace.value === '' || namespace.value === object.namespace) &&
        (target.value === '' || object.targets.has(target.value)) &&
        words.every((word) => object.words.includes(word));
      object.item.hidden = !matches;
      if (matches) shown++;
    }
    status.textContent = shown === objects.length ? all : `${shown} of ${all}`;
  };

  // A link from a finding must reach its object whatever the filters hide.
  const reveal = () => {
    const item = document.getElementById(location.hash.slice(1))?.closest('.objects > li');
    if (!item) return;
    if (item.hidden) {
      text.value = '';
      for (const select of [kind, namespace, target]) select.selectedIndex = 0;
      filter();
    }
    item.querySelector('details').open = true;
    item.scrollIntoView();
  };

  const colourKeys = (pre) => {
    const parts = pre.textContent.split(/^(\s*(?:- )*[^\s#:'"-][^\s:]*:)(?= |$)/m);
    pre.replaceChildren(
      ...parts.map((part, index) => {
        if (index % 2 === 0) return part;
        const key = document.createElement('b');
        key.textContent = part;
        return key;
      }),
    );
    pre.dataset.coloured = '';
  };

  search.hidden = false;
  search.addEventListener('input', filter);
  window.addEventListener('hashchange', reveal);
  list.addEventListener(
    'toggle',
    (event) => {
      const pre = event.target.querySelector('.yaml:not([data-coloured])');
      if (pre && event.target.open) colourKeys(pre);
    },
    true,
  );
  // A reload may bring earlier choices back into the fields.
  filter();
  reveal();
}
