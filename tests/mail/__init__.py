"""Mails on a real mail server, log and database: how each is sent once, whatever breaks."""
