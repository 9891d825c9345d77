"""Every SQL statement of the product, on SQLite and PostgreSQL alike; nothing here decides anything.

`engine` opens, `schema` and `views` define, `migrations` bring there; `captures`, `readings`, `histories`, `decisions`,
`clusters` and `feed` each answer the questions of one topic, a function a question, on a connection that the caller
commits."""
