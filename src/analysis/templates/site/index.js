(() => {
  "use strict";
  const fold = text => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/\s+/g, " ").trim();
  const low = text => text.toLowerCase().normalize("NFC").replace(/\s+/g, " ").trim();
  const tones = /[\u0300\u0301\u0303\u0309\u0323]/g; // moved behind the word: "hoà" and "hòa" are one name
  const even = text => text.normalize("NFD").split(" ").map(word => word.replace(tones, "") + (word.match(tones) || []).join("")).join(" ");
  const begins = (row, word) => fold(word) === word ? row.plain.includes(" " + word) : row.typed.includes(" " + word) || row.even.includes(" " + even(word) + " ");
  const form = document.getElementById("finder"), shown = document.getElementById("shown");
  const body = document.querySelector(".areas tbody"), heads = [...document.querySelectorAll(".areas thead th")];
  const rows = [...body.rows].map(row => {
    const text = low([...row.cells].slice(0, 3).map(cell => cell.textContent).join(" "));
    return { row, plain: " " + fold(text), typed: " " + text, even: " " + even(text) + " " };
  });
  const find = document.getElementById("find"), filters = [...form.querySelectorAll("select")];
  const apply = () => {
    const words = low(find.value).split(" ");
    let count = 0;
    for (const item of rows) {
      const { row } = item;
      const seen = words.every(word => begins(item, word)) && filters.every(f => !f.value || row.dataset[f.dataset.filter] === f.value);
      row.hidden = !seen;
      count += seen;
    }
    shown.textContent = count ? shown.dataset.text.replace("{n}", count).replace("{total}", rows.length) : shown.dataset.none;
  };
  const sort = (index, head) => {
    const down = head.getAttribute("aria-sort") === "ascending", number = head.hasAttribute("data-number");
    const value = item => item.row.cells[index].dataset.sort;
    rows.sort((a, b) => (number ? value(a) - value(b) : value(a).localeCompare(value(b), "vi", { numeric: true })) * (down ? -1 : 1));
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows.map(item => item.row));
  };
  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(index, head));
    head.replaceChildren(button);
  });
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", event => event.preventDefault());
  form.hidden = false;
  apply();
})();
