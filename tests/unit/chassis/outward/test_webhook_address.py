"""Where a webhook may go: what may be named, and what of the network is ever reached."""

import pytest

from services.chassis.outward.webhook_address import may_be_reached, read_url

GOOD = ("https://hooks.vejle.example/klarmeld?a=1", "https://hooks.vejle.example:8443/", "https://93.184.216.34/")
HOSTILE = (
    "http://hooks.vejle.example/", "ftp://hooks.vejle.example/", "//hooks.vejle.example/", "hooks.vejle.example",
    "https://user:word@hooks.vejle.example/", "https://user@hooks.vejle.example/", "https://@hooks.vejle.example/",
    "https://hooks.vejle.example:22/", "https://hooks.vejle.example:9092/", "https://hooks.vejle.example:0/",
    "https://hooks.vejle.example:99999/", "https://hooks.vejle.example:x/", "https://hooks.vejle.example/#part",
    "https://localhost/", "https://mongod/", "https:///path", "https://", "https://127.0.0.1/", "https://127.1/",
    "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://0x7f.1/", "https://0.0.0.0/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a00:1]/", "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/", "https://[fd00:ec2::254]/", "https://[64:ff9b::7f00:1]/", "https://[::]/",
    "https://hooks.vejle.example\\@127.0.0.1/", "https://hooks.vejle.example/ x",
    "https://hooks.vejle.example/\r\nX: y",
    "https://hooks.vejle.example/\t", "https://höoks.example/", "https://①②⑦.0.0.1/", "https://.example/",
    "https://hooks..example/", "https://-a.example/",
)  # fmt: skip
NOT_REACHED = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "fec0::1",
    "fc00::1", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1",
    "2001:db8::1", "192.88.99.1", "", "localhost", "0177.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_a_public_address_may_be_named(url):
    assert read_url(url, local=False) == url


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused(url):
    with pytest.raises(ValueError, match=r"address|host"):
        read_url(url, local=False)


@pytest.mark.parametrize("address", NOT_REACHED)
def test_no_address_of_an_inner_network_is_reached(address):
    assert not may_be_reached(address, local=False)


@pytest.mark.parametrize("address", ["93.184.216.34", "::ffff:93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_reached(address):
    assert may_be_reached(address, local=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "http://localhost:9000/", "http://[::1]:9000/"])
def test_local_mode_reaches_this_machine(url):
    assert read_url(url, local=True) == url


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://169.254.169.254/", "http://u:p@127.0.0.1/", "ftp://127.0.0.1/"]
)
def test_local_mode_reaches_this_machine_alone(url):
    with pytest.raises(ValueError, match=r"address|host"):
        read_url(url, local=True)
