"""The supply chain: what klarmeld is made of, under which licences, as a bill of materials and as a page."""
