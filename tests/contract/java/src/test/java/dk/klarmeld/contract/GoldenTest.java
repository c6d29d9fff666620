package dk.klarmeld.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cloudevents.CloudEvent;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The official Java library reads and writes what klarmeld does. */
class GoldenTest {

    private interface Check {
        void of(Path file) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> readsEachRecordAsWhatItSays() throws IOException {
        return each("kafka", file -> assertSays(Golden.record(file), fromTheLog(Golden.record(file))));
    }

    @TestFactory
    Stream<DynamicTest> writesEachRecordAsWeDo() throws IOException {
        return each("kafka", file -> {
            Golden.OnTheLog ours = Golden.record(file);
            ProducerRecord<String, byte[]> theirs =
                    KafkaMessageFactory.<String>createWriter(ours.topic(), ours.key()).writeBinary(fromTheLog(ours));
            assertEquals(new TreeMap<>(ours.headers()), texts(theirs.headers()));
            assertArrayEquals(ours.value(), theirs.value());
        });
    }

    @TestFactory
    Stream<DynamicTest> readsEachBinaryRequestAsWhatItsRecordSays() throws IOException {
        return each("http-binary", file -> {
            Golden.Request request = Golden.request(file);
            assertSays(Golden.recordOf(file), fromHttp(decoded(request)));
        });
    }

    @TestFactory
    Stream<DynamicTest> readsEachStructuredRequestAsWhatItsRecordSays() throws IOException {
        return each("http-structured", file -> assertSays(Golden.recordOf(file), fromHttp(Golden.request(file))));
    }

    private static Stream<DynamicTest> each(String kind, Check check) throws IOException {
        List<Path> files = Golden.files(kind);
        assertFalse(files.isEmpty());
        return files.stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check.of(file)));
    }

    private static CloudEvent fromTheLog(Golden.OnTheLog said) {
        Headers headers = new RecordHeaders();
        said.headers().forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        return KafkaMessageFactory.createReader(headers, said.value()).toEvent();
    }

    private static CloudEvent fromHttp(Golden.Request request) {
        return HttpMessageFactory.createReader(request.headers(), request.body()).toEvent();
    }

    /** The library leaves the percent-encoding of headers (HTTP binding, 3.1.3.2) to whoever calls it. */
    private static Golden.Request decoded(Golden.Request request) {
        Map<String, String> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.put(
                name, URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8)));
        return new Golden.Request(headers, request.body());
    }

    private static Map<String, String> texts(Headers headers) {
        Map<String, String> found = new TreeMap<>();
        headers.forEach(each -> found.put(each.key(), new String(each.value(), StandardCharsets.UTF_8)));
        return found;
    }

    private static void assertSays(Golden.OnTheLog said, CloudEvent event) throws IOException {
        Set<String> names = new HashSet<>(event.getAttributeNames());
        names.addAll(event.getExtensionNames());
        names.remove("datacontenttype");
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        said.headers().forEach((name, value) -> {
            if (name.startsWith("ce_")) {
                expected.put(name.substring(3), value);
            }
        });
        names.forEach(name -> found.put(name, text(event, name)));
        assertEquals(OffsetDateTime.parse(expected.remove("time")).toInstant(), event.getTime().toInstant());
        found.remove("time");
        assertEquals(expected, found);
        assertEquals(Golden.JSON.readTree(said.value()), Golden.JSON.readTree(event.getData().toBytes()));
    }

    private static String text(CloudEvent event, String name) {
        Object value =
                event.getAttributeNames().contains(name) ? event.getAttribute(name) : event.getExtension(name);
        return String.valueOf(value);
    }
}
