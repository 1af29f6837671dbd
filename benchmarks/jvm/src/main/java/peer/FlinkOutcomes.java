package peer;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * The job as Flink does it, in one JVM: a person's standing changes in keyed state on the heap, rows to PostgreSQL in
 * batches and to the outcome topic, offsets committed after their rows, with the checkpoint. Says the number of events
 * of each commit, one a line.
 *
 * <p>Arguments are settings of Flink, name=value, and those with the prefixes "kafka." (the source's client) and "peer.".
 */
public final class FlinkOutcomes {
    /** An event as it came, and whom it is about. */
    public record Message(int stream, String personKey, byte[] value) { }

    private static final class Reading implements KafkaRecordDeserializationSchema<Message> {
        private final Map<String, Integer> streams; // by the topic's name on the broker

        Reading(String prefix) {
            streams = IntStream.range(0, Records.TOPICS.size()).boxed()
                .collect(Collectors.toMap(stream -> prefix + Records.TOPICS.get(stream), Function.identity()));
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<Message> out) {
            byte[] key = message.key(); // the person's, a slash, the record's
            int slash = 0;
            while (key[slash] != '/') {
                slash++;
            }
            String person = new String(key, 0, slash, StandardCharsets.ISO_8859_1);
            out.collect(new Message(streams.get(message.topic()), person, message.value()));
        }

        @Override
        public TypeInformation<Message> getProducedType() {
            return TypeInformation.of(Message.class);
        }
    }

    private static final class Fold extends KeyedProcessFunction<String, Message, Void>
            implements CheckpointedFunction {
        private final Properties given;
        private final long sinkEveryMs;
        private transient Records[] records;
        private transient ValueState<Person> people;
        private transient Sink sink;
        private transient long dueAt;

        Fold(Properties given) {
            this.given = given;
            sinkEveryMs = Long.parseLong(given.getProperty("peer.sink.every.ms"));
        }

        @Override
        public void open(OpenContext context) {
            people = getRuntimeContext().getState(new ValueStateDescriptor<>("people", FlinkPerson.INSTANCE));
            records = IntStream.range(0, Records.TOPICS.size())
                .mapToObj(stream -> new Records(given.getProperty("peer.registry"), stream)).toArray(Records[]::new);
            sink = new Sink(given);
        }

        @Override
        public void processElement(Message message, Context context, Collector<Void> out) throws Exception {
            if (sink.isEmpty()) {
                dueAt = context.timerService().currentProcessingTime() + sinkEveryMs;
                context.timerService().registerProcessingTimeTimer(dueAt);
            }
            Person person = people.value();
            person = person == null ? new Person() : person;
            boolean altered = person.take(records[message.stream].read(message.value));
            if (altered) {
                people.update(person);
            }
            sink.add(message.personKey, altered ? person : null);
        }

        @Override
        public void onTimer(long now, OnTimerContext context, Collector<Void> out) {
            if (now >= dueAt) { // else that of a batch which was full before
                sink.write();
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {
            sink.settle();
        }

        @Override
        public void initializeState(FunctionInitializationContext context) { }
    }

    public static void main(String[] arguments) throws Exception {
        Properties given = Sink.given(arguments);
        Configuration settings = new Configuration();
        given.forEach((name, value) -> settings.setString((String) name, (String) value));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        // One reader keeps up with all folds, and mixes fewer partitions: a batch has fewer persons, written fewer times.
        environment.fromSource(source(given), WatermarkStrategy.noWatermarks(), "changes").setParallelism(1)
            .keyBy(Message::personKey)
            .process(new Fold(given)).returns(Types.VOID).name("fold");
        JobClient job = environment.executeAsync();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> job.cancel().orTimeout(10, TimeUnit.SECONDS).join()));
        job.getJobExecutionResult().get();
    }

    private static KafkaSource<Message> source(Properties given) {
        String prefix = given.getProperty("peer.prefix");
        Properties client = new Properties();
        given.stringPropertyNames().stream().filter(name -> name.startsWith("kafka."))
            .forEach(name -> client.setProperty(name.substring("kafka.".length()), given.getProperty(name)));
        return KafkaSource.<Message>builder()
            .setBootstrapServers(given.getProperty("bootstrap.servers"))
            .setGroupId(given.getProperty("application.id"))
            .setTopics(Records.TOPICS.stream().map(prefix::concat).toList())
            .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
            .setDeserializer(new Reading(prefix))
            .setProperties(client)
            .build();
    }
}
