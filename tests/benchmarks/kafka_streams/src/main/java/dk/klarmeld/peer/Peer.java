/** Reads one topic to its end into a RocksDB store with a changelog, says how long that took, and what it holds. */
package dk.klarmeld.peer;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

public final class Peer {
    private static final String STORE = "views";

    private final AtomicLong handled = new AtomicLong();
    private final AtomicLong began = new AtomicLong();
    private final long records;

    private Peer(long records) {
        this.records = records;
    }

    /** Arguments: servers, topic, group, directory, threads, megabytes of cache (0: as it comes), records, file. */
    public static void main(String[] given) throws Exception {
        new Peer(Long.parseLong(given[6])).run(given);
    }

    private void run(String[] given) throws Exception {
        try (KafkaStreams streams = new KafkaStreams(topology(given[1]), settings(given));
                Admin admin = Admin.create(Map.of("bootstrap.servers", given[0]))) {
            long spentBefore = processorTime();
            streams.start();
            long ended = untilCommitted(admin, given[2]);
            double seconds = (ended - began.get()) / 1e9;
            double micros = (processorTime() - spentBefore) / 1e3 / records;
            double megabytes = megabytes();
            write(streams, Path.of(given[7]));
            System.out.printf("{\"seconds\": %s, \"client_us\": %s, \"rss_mb\": %s}%n", seconds, micros, megabytes);
        }
    }

    private Topology topology(String topic) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                        .withCachingEnabled());
        builder.stream(topic, Consumed.with(Serdes.String(), Serdes.ByteArray())).process(Merging::new, STORE);
        return builder.build();
    }

    private static Properties settings(String[] given) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, given[0]);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, given[2]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, given[3]);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, given[4]);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        if (!given[5].equals("0")) {
            settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, Long.parseLong(given[5]) << 20);
        }
        return settings;
    }

    /** Waits for the offsets behind the last record to be committed: the store's changelog is acknowledged then. */
    private long untilCommitted(Admin admin, String group) throws Exception {
        while (true) {
            if (handled.get() >= records) {
                var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
                if (offsets.values().stream().mapToLong(each -> each == null ? 0 : each.offset()).sum() >= records) {
                    return System.nanoTime();
                }
            }
            Thread.sleep(20);
        }
    }

    private static void write(KafkaStreams streams, Path file) throws IOException {
        var store = streams.store(StoreQueryParameters.fromNameAndType(
                STORE, QueryableStoreTypes.<String, byte[]>keyValueStore()));
        try (BufferedWriter out = Files.newBufferedWriter(file); KeyValueIterator<String, byte[]> all = store.all()) {
            while (all.hasNext()) {
                var document = all.next();
                var lines = new StringBuilder();
                FactSet.each(document.value, (key, place) -> lines.append(document.key + " " + key + " " + place + "\n"));
                out.append(lines);
            }
        }
    }

    private static long processorTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double megabytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
            }
        }
        return Double.NaN;
    }

    private final class Merging implements Processor<String, byte[], Void, Void> {
        private ProcessorContext<Void, Void> context;
        private KeyValueStore<String, byte[]> store;

        @Override
        public void init(ProcessorContext<Void, Void> given) {
            context = given;
            store = given.getStateStore(STORE);
            given.schedule(Duration.ofMillis(50), PunctuationType.WALL_CLOCK_TIME, at -> atTheEnd());
        }

        @Override
        public void process(Record<String, byte[]> record) {
            began.compareAndSet(0, System.nanoTime());
            String document = text(record, "ce_rollout") + ":" + text(record, "ce_municipality");
            byte[] known = store.get(document);
            byte[] merged = FactSet.union(known, record, context.recordMetadata().orElseThrow());
            if (merged != known) {
                store.put(document, merged);
            }
            handled.incrementAndGet();
        }

        /** Commits at once when everything has been read, instead of after the interval. */
        private void atTheEnd() {
            if (handled.get() >= records) {
                context.commit();
            }
        }

        private String text(Record<String, byte[]> record, String name) {
            return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
        }
    }
}
