"""What a person reads can be translated: catalogues, pages in a made-up language, and no bare text in the sources."""
