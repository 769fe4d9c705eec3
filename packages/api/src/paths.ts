/** Where Swagger UI is; the OpenAPI document is below it. */
export const DOCS_PATH = "/docs";
