package dk.klarmeld.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The golden bytes as they lie beside this project. */
final class Golden {

    static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DIRECTORY = Path.of("..", "golden");

    /** One event as it stands on the log. */
    record OnTheLog(String topic, String key, Map<String, String> headers, byte[] value) {}

    /** One event as it is sent over HTTP. */
    record Request(Map<String, String> headers, byte[] body) {}

    private Golden() {}

    static List<Path> files(String kind) throws IOException {
        try (Stream<Path> found = Files.list(DIRECTORY.resolve(kind))) {
            return found.sorted().toList();
        }
    }

    static OnTheLog record(Path file) throws IOException {
        JsonNode said = JSON.readTree(file.toFile());
        Map<String, String> headers = new LinkedHashMap<>();
        said.get("headers").fields().forEachRemaining(each -> headers.put(each.getKey(), each.getValue().asText()));
        byte[] value = said.get("value").asText().getBytes(StandardCharsets.UTF_8);
        return new OnTheLog(said.get("topic").asText(), said.get("key").asText(), headers, value);
    }

    /** The record of the event that a request file is about. */
    static OnTheLog recordOf(Path request) throws IOException {
        String name = request.getFileName().toString().replaceAll("\\.http$", ".json");
        return record(DIRECTORY.resolve("kafka").resolve(name));
    }

    static Request request(Path file) throws IOException {
        String all = Files.readString(file, StandardCharsets.UTF_8);
        int end = all.indexOf("\r\n\r\n");
        Map<String, String> headers = new LinkedHashMap<>();
        all.substring(0, end).lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
        });
        return new Request(headers, all.substring(end + 4).getBytes(StandardCharsets.UTF_8));
    }
}
