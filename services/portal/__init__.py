"""The web pages that municipalities, coordinators and operations look at; they talk to the services over HTTP."""
