(() => {
  "use strict";
  const fold = text => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/\s+/g, " ").trim();
  const form = document.getElementById("finder"), shown = document.getElementById("shown");
  const body = document.querySelector(".areas tbody"), heads = [...document.querySelectorAll(".areas thead th")];
  const rows = [...body.rows].map(row => ({ row, key: fold([...row.cells].slice(0, 3).map(cell => cell.textContent).join(" ")) }));
  const find = document.getElementById("find"), filters = [...form.querySelectorAll("select")];
  const apply = () => {
    const words = fold(find.value).split(" ");
    let count = 0;
    for (const { row, key } of rows) {
      const seen = words.every(word => key.includes(word)) && filters.every(f => !f.value || row.dataset[f.dataset.filter] === f.value);
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
