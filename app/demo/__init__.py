"""A desk with a seeded, made-up story: six weeks of after-sales service at a maker of appliances."""
