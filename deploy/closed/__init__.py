"""Who may do what on a closed broker and database: data, from which clusters and the local stack are set up."""
