"""What Kafka and MongoDB speak where they are closed: the newest TLS alone, with its strongest ciphers first."""

#: As Kafka names them (`ssl.enabled.protocols`, `ssl.cipher.suites`), here and in a cluster.
PROTOCOLS = "TLSv1.3"
CIPHERS = "TLS_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256"
#: As mongod names what it does not speak.
DISABLED = "TLS1_0,TLS1_1,TLS1_2"
