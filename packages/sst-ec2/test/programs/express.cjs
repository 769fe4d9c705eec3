const express = require("express");

const app = express();
app.get("/", (_request, response) => response.send(`express ${process.pid}`));
app.get("/slow", (request, response) => {
  setTimeout(() => response.send(`express ${process.pid}`), Number(request.query.ms));
});

// As the express generator's bin/www and many a test-friendly program have it.
if (require.main === module) {
  app.listen(process.env.PORT || 3000, () => console.info("listening"));
}
