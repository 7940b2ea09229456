"""The Model Context Protocol, both ways: `client/` brings other people's tools in, `server/` lets outside agents use ours."""
