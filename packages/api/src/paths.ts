/** Path of Swagger UI; the OpenAPI document is below it. */
export const DOCS_PATH = "/docs";
