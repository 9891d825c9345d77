// Better with a little: a chosen paper is shown at once, and "/" goes to the first field. Everything works without it.
document.addEventListener("change", (event) => {
  const form = event.target.closest('form[action="/articles"]');
  if (form) form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
  const field = document.querySelector("main input[type=search], input[type=search]");
  if (field) { event.preventDefault(); field.focus(); }
});
